-- Every slice spread by another domain was computed from the version that domain has now
SELECT domain_id, driver_domain_id, driver_version, current_version, restated_domain_id
FROM outdated_slices()
WHERE period_month = %(month)s
ORDER BY domain_id, driver_domain_id, restated_domain_id
