-- The source files recorded for every version hash to what its ledger entry says of them
WITH recorded AS (
  SELECT period_month, domain_id, version,
    string_agg(encode(sha256, 'hex') || ' ' || file_name || E'\n', '' ORDER BY file_name COLLATE "C") AS files
  FROM slice_source
  GROUP BY period_month, domain_id, version
)
SELECT period_month, domain_id, version, recorded.files
FROM slice_version AS ledger
FULL JOIN recorded USING (period_month, domain_id, version)
WHERE ledger.source_sha256 IS DISTINCT FROM sha256(convert_to(coalesce(recorded.files, ''), 'UTF8'))
