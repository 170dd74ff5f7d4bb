-- Every row of the audit log is as it was written, and none of them is gone
SELECT audit_id, kept.relation, kept.key, CASE
    WHEN kept.audit_id IS NULL THEN 'gone'
    WHEN sealed.audit_id IS NULL THEN 'never written'
    ELSE 'changed'
  END AS problem
FROM audit_seal AS sealed
FULL JOIN audit_log AS kept USING (audit_id)
WHERE sealed.line_sha256 IS DISTINCT FROM audit_line_hash(kept)
