-- Every published version of a slice, the last one is the current one, with its source files.
SELECT
  ledger.version,
  ledger.run_id,
  ledger.row_count,
  ledger.sum_quantity,
  ledger.published_at,
  coalesce(
    (
      SELECT jsonb_agg(jsonb_build_object(
        'name', source.file_name, 'sha256', encode(source.sha256, 'hex'), 'bytes', source.bytes, 'rows', source.rows)
        ORDER BY source.file_name COLLATE "C")
      FROM slice_source AS source
      WHERE (source.period_month, source.domain_id, source.version)
          = (ledger.period_month, ledger.domain_id, ledger.version)
    ),
    '[]') AS files
FROM slice_version AS ledger
WHERE ledger.period_month = %(month)s AND ledger.domain_id = %(domain)s
ORDER BY ledger.version
