SELECT driver, part, driver_quantity, basis_quantity, weight_part
FROM allocation_component
WHERE period_month = %(month)s AND domain_id = %(domain)s AND version = %(version)s
  AND application_id = %(application)s
ORDER BY component
