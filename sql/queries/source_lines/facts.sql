-- What the lines of a version must sum to: quantities of its facts, or the driver quantities of its weights
WITH newest AS (
  SELECT max(version) AS version
  FROM slice_version
  WHERE period_month = %(month)s AND domain_id = %(domain)s
)
SELECT application_id, product_id, quantity
FROM fact_consumption
WHERE period_month = %(month)s AND domain_id = %(domain)s
  AND consumption_type = 'DIRECT' AND (SELECT version FROM newest) = %(version)s
UNION ALL
SELECT application_id, product_id, quantity
FROM fact_archive
WHERE period_month = %(month)s AND domain_id = %(domain)s AND version = %(version)s AND product_id IS NOT NULL
UNION ALL
SELECT application_id, '', driver_quantity
FROM allocation_detail
WHERE period_month = %(month)s AND domain_id = %(domain)s AND version = %(version)s
