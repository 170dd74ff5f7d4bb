-- The driver versions of a slice version: the one it was computed from, and later ones that gave the same weights
SELECT driver_domain_id, array_agg(driver_version ORDER BY driver_version) AS versions
FROM slice_driver
WHERE period_month = %(month)s AND domain_id = %(domain)s AND version = %(version)s
GROUP BY driver_domain_id
ORDER BY driver_domain_id
