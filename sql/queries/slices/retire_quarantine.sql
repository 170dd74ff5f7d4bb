-- Lines of earlier runs that this run no longer quarantines, and that nobody has decided.
UPDATE quarantine_line AS kept
SET is_current = FALSE
WHERE kept.period_month = %(month)s
  AND kept.domain_id = %(domain)s
  AND kept.is_current
  AND kept.decision IS NULL
  AND NOT EXISTS (
    SELECT
    FROM unnest(%(files)s::TEXT[], %(lines)s::BIGINT[], %(reasons)s::TEXT[], %(rows)s::TEXT[])
      AS again (file_name, line_number, reason, source_line)
    WHERE again.file_name = kept.file_name
      AND again.line_number = kept.line_number
      AND again.reason = kept.reason
      AND again.source_line::JSONB = kept.source_line
  )
