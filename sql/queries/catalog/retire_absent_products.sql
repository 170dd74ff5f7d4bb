UPDATE dim_product
SET is_active = FALSE,
    decommissioned_at = %(date)s
WHERE domain_id = %(domain)s
  AND NOT product_id = ANY(%(ids)s)
  AND is_active
  AND NOT is_inferred
RETURNING product_id
