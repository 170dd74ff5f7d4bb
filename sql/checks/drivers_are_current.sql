-- Every slice spread by another domain was computed from the version that domain has now
SELECT period_month, domain_id, driver_domain_id, driver_version, current_version, restated_domain_id
FROM outdated_slices()
ORDER BY period_month, domain_id, driver_domain_id, restated_domain_id
