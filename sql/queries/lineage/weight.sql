SELECT driver_quantity, basis_quantity, method_key
FROM allocation_detail
WHERE period_month = %(month)s AND domain_id = %(domain)s AND version = %(version)s
  AND application_id = %(application)s
