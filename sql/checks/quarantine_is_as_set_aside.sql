-- Every quarantined line is as it was set aside, and none of them is gone
WITH member AS (
  SELECT period_month, domain_id, quarantine_id FROM quarantine_seal CROSS JOIN unnest(quarantine_ids) AS quarantine_id
)
SELECT period_month, domain_id, quarantine_ids, 'changed or gone' AS problem
FROM quarantine_seal
WHERE lines_sha256 <> quarantine_lines_hash(quarantine_ids)
UNION ALL
SELECT
  coalesce(member.period_month, kept.period_month), coalesce(member.domain_id, kept.domain_id), ARRAY[quarantine_id],
  CASE WHEN kept.quarantine_id IS NULL THEN 'gone' ELSE 'of another slice, or never set aside' END
FROM member
FULL JOIN quarantine_line AS kept USING (quarantine_id)
WHERE (member.period_month, member.domain_id) IS DISTINCT FROM (kept.period_month, kept.domain_id)
