-- Every quarantined line is as a run or a person left it, and none of them is gone
SELECT
  coalesce(sealed.period_month, kept.period_month) AS period_month, coalesce(sealed.domain_id, kept.domain_id) AS domain_id,
  quarantine_id,
  CASE
    WHEN kept.quarantine_id IS NULL THEN 'gone'
    WHEN sealed.quarantine_id IS NULL THEN 'never set aside'
    ELSE 'changed'
  END AS problem
FROM quarantine_seal AS sealed
FULL JOIN quarantine_line AS kept USING (quarantine_id)
WHERE sealed.line_sha256 IS DISTINCT FROM quarantine_line_hash(kept)
  OR (sealed.period_month, sealed.domain_id) IS DISTINCT FROM (kept.period_month, kept.domain_id)
