-- Lines set aside, with the decision in force; without everything only those that wait. In pages.
SELECT
  kept.quarantine_id, kept.period_month, kept.domain_id, kept.file_name, kept.line_number, kept.column_name,
  kept.found_value, kept.reason, kept.source_line, kept.line_key, kept.is_current, kept.is_landed, kept.decision,
  coalesce(act.decided_by, kept.decided_by) AS decided_by, coalesce(act.decided_at, kept.decided_at) AS decided_at,
  coalesce(act.decision_reason, kept.decision_reason) AS decision_reason, act.verdict, act.correction, told.stage
FROM quarantine_line AS kept
LEFT JOIN LATERAL (
  SELECT verdict, correction, decided_by, decided_at, decision_reason
  FROM quarantine_decision AS made
  WHERE (made.period_month, made.domain_id, made.line_key) = (kept.period_month, kept.domain_id, kept.line_key)
  ORDER BY made.decision_id DESC
  LIMIT 1
) AS act ON TRUE
CROSS JOIN LATERAL quarantine_stage(kept, act.verdict) AS told (stage)
WHERE (%(ids)s::BIGINT[] IS NULL OR kept.quarantine_id = ANY(%(ids)s))
  AND (%(month)s::DATE IS NULL OR kept.period_month = %(month)s)
  AND (%(domain)s::TEXT IS NULL OR kept.domain_id = %(domain)s)
  AND (%(everything)s OR (kept.is_current AND kept.decision IS NULL))
  AND (%(stage)s::TEXT IS NULL OR told.stage = %(stage)s)
  AND (%(after_id)s::BIGINT IS NULL
       OR (kept.period_month, kept.domain_id, kept.file_name, kept.line_number, kept.quarantine_id)
          > (%(after_month)s::DATE, %(after_domain)s, %(after_file)s, %(after_line)s::BIGINT, %(after_id)s::BIGINT))
ORDER BY kept.period_month, kept.domain_id, kept.file_name, kept.line_number, kept.quarantine_id
LIMIT %(limit)s
