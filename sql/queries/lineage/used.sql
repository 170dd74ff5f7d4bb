-- The domains a version was computed from
SELECT DISTINCT driver_domain_id
FROM slice_driver
WHERE period_month = %(month)s AND domain_id = %(domain)s AND version = %(version)s
ORDER BY driver_domain_id
