-- Every slice spread by another domain was computed from the version that domain has now
WITH newest AS (
  SELECT DISTINCT ON (period_month, domain_id) period_month, domain_id, version
  FROM slice_version
  ORDER BY period_month, domain_id, version DESC
)
SELECT
  used.period_month, used.domain_id, used.driver_domain_id,
  max(used.driver_version) AS driver_version, driver.version AS current_version
FROM slice_driver AS used
JOIN newest USING (period_month, domain_id, version)
LEFT JOIN newest AS driver
  ON driver.period_month = used.period_month AND driver.domain_id = used.driver_domain_id
GROUP BY used.period_month, used.domain_id, used.driver_domain_id, driver.version
HAVING driver.version IS DISTINCT FROM max(used.driver_version)
