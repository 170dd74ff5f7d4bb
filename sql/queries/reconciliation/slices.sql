-- Every listed slice, and what decides whether it is run again.
WITH newest AS (
  SELECT DISTINCT ON (period_month, domain_id) period_month, domain_id, version
  FROM slice_version
  ORDER BY period_month, domain_id, version DESC
),
attempt AS (
  SELECT DISTINCT ON (period_month, domain_id) period_month, domain_id, outcome
  FROM slice_run
  ORDER BY period_month, domain_id, started_at DESC
),
-- a version that came out the same from a later version of its driver has a row for each
used AS (
  SELECT period_month, domain_id, version, driver_domain_id, max(driver_version) AS driver_version
  FROM slice_driver
  GROUP BY period_month, domain_id, version, driver_domain_id
),
outdated AS (
  SELECT DISTINCT newest.period_month, newest.domain_id
  FROM newest
  JOIN used USING (period_month, domain_id, version)
  JOIN newest AS driver
    ON driver.period_month = newest.period_month AND driver.domain_id = used.driver_domain_id
  WHERE driver.version <> used.driver_version
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
  outdated.domain_id IS NOT NULL AS is_outdated
FROM slice_status(%(current_month)s) AS known
JOIN dim_domain USING (domain_id)
LEFT JOIN period USING (period_month)
LEFT JOIN attempt USING (period_month, domain_id)
LEFT JOIN outdated USING (period_month, domain_id)
WHERE known.period_month BETWEEN %(first_month)s AND %(current_month)s
ORDER BY known.period_month, known.domain_id
