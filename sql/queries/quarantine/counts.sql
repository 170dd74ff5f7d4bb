-- How many lines that were ever set aside have come how far.
SELECT told.stage, count(*) AS line_count
FROM quarantine_line AS kept
LEFT JOIN LATERAL (
  SELECT verdict
  FROM quarantine_decision AS made
  WHERE (made.period_month, made.domain_id, made.line_key) = (kept.period_month, kept.domain_id, kept.line_key)
  ORDER BY made.decision_id DESC
  LIMIT 1
) AS act ON TRUE
CROSS JOIN LATERAL quarantine_stage(kept, act.verdict) AS told (stage)
WHERE (%(month)s::DATE IS NULL OR kept.period_month = %(month)s)
  AND (%(domain)s::TEXT IS NULL OR kept.domain_id = %(domain)s)
GROUP BY told.stage
