-- Every listed slice, and what decides whether it is run again.
WITH attempt AS (
  SELECT DISTINCT ON (period_month, domain_id) period_month, domain_id, outcome
  FROM slice_run
  ORDER BY period_month, domain_id, started_at DESC
),
outdated AS (
  SELECT DISTINCT period_month, domain_id FROM outdated_slices()
)
SELECT
  known.period_month,
  known.domain_id,
  known.status,
  known.version,
  known.run_id,
  known.changed_at,
  dim_domain.is_enabled,
  dim_domain.available_from,
  coalesce(period.status = 'CLOSED', FALSE) AS is_closed,
  coalesce(attempt.outcome = 'RUNNING', FALSE) AS is_unended,
  coalesce(attempt.outcome = 'MISSING', FALSE) AS is_tried,
  outdated.domain_id IS NOT NULL AS is_outdated
FROM slice_status(%(current_month)s) AS known
JOIN dim_domain USING (domain_id)
LEFT JOIN period USING (period_month)
LEFT JOIN attempt USING (period_month, domain_id)
LEFT JOIN outdated USING (period_month, domain_id)
WHERE known.period_month BETWEEN %(first_month)s AND %(current_month)s
ORDER BY known.period_month, known.domain_id
