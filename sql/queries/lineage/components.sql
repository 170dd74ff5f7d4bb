-- What an application's weight was blended of, and what the others have of each basis
SELECT
  own.driver, own.part, own.driver_quantity, own.basis_quantity, own.weight_part, others.others_count,
  others.others_quantity
FROM allocation_component AS own
CROSS JOIN LATERAL (
  SELECT count(*) AS others_count, coalesce(sum(driver_quantity), 0) AS others_quantity
  FROM allocation_component AS other
  WHERE (other.period_month, other.domain_id, other.version) = (own.period_month, own.domain_id, own.version)
    AND other.component = own.component
    AND other.application_id <> own.application_id
    AND other.driver_quantity <> 0
) AS others
WHERE own.period_month = %(month)s AND own.domain_id = %(domain)s AND own.version = %(version)s
  AND own.application_id = %(application)s
ORDER BY own.component
