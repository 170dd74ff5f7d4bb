INSERT INTO quarantine_line (
  period_month, domain_id, run_id, file_name, line_number, column_name, found_value, reason, source_line
)
SELECT
  %(month)s, %(domain)s, %(run)s, file_name, line_number, column_name, found_value, reason, source_line::JSONB
FROM unnest(
  %(files)s::TEXT[], %(lines)s::BIGINT[], %(columns)s::TEXT[], %(values)s::TEXT[], %(reasons)s::TEXT[], %(rows)s::TEXT[]
) AS found (file_name, line_number, column_name, found_value, reason, source_line)
WHERE NOT EXISTS (
  SELECT
  FROM quarantine_line AS kept
  WHERE kept.period_month = %(month)s
    AND kept.domain_id = %(domain)s
    AND kept.is_current
    AND kept.file_name = found.file_name
    AND kept.line_number = found.line_number
    AND kept.reason = found.reason
    AND kept.source_line = found.source_line::JSONB
)
