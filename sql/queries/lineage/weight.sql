-- How an application's weight came about, and what the others have of the same basis
SELECT
  own.driver_quantity, own.basis_quantity, own.method_key, others.others_count, others.others_quantity
FROM allocation_detail AS own
CROSS JOIN LATERAL (
  SELECT count(*) AS others_count, coalesce(sum(driver_quantity), 0) AS others_quantity
  FROM allocation_detail AS other
  WHERE (other.period_month, other.domain_id, other.version) = (own.period_month, own.domain_id, own.version)
    AND other.application_id <> own.application_id
    AND other.driver_quantity <> 0
) AS others
WHERE own.period_month = %(month)s AND own.domain_id = %(domain)s AND own.version = %(version)s
  AND own.application_id = %(application)s
