-- Every slice spread by another domain was computed from the version that domain has now
WITH newest AS (
  SELECT domain_id, max(version) AS version
  FROM slice_version
  WHERE period_month = %(month)s
  GROUP BY domain_id
)
SELECT
  used.domain_id, used.driver_domain_id, max(used.driver_version) AS driver_version, driver.version AS current_version
FROM slice_driver AS used
JOIN newest USING (domain_id, version)
LEFT JOIN newest AS driver ON driver.domain_id = used.driver_domain_id
WHERE used.period_month = %(month)s
GROUP BY used.domain_id, used.driver_domain_id, driver.version
HAVING driver.version IS DISTINCT FROM max(used.driver_version)
ORDER BY used.domain_id, used.driver_domain_id
