-- What an application, and all of them, have of a driver in every version of it that gave these weights
SELECT
  driver.driver_version AS version,
  coalesce(sum(line.quantity) FILTER (WHERE line.application_id = %(application)s), 0) AS quantity,
  coalesce(sum(line.quantity), 0) AS basis
FROM slice_driver AS driver
LEFT JOIN LATERAL slice_lines(%(month)s, %(driver)s, driver.driver_version) AS line
  ON %(metric)s::TEXT IS NULL OR line.consumption_metric = %(metric)s
WHERE driver.period_month = %(month)s AND driver.domain_id = %(domain)s AND driver.version = %(version)s
  AND driver.driver_domain_id = %(driver)s
GROUP BY driver.driver_version
ORDER BY driver.driver_version
