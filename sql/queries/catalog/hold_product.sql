UPDATE dim_product
SET is_active = %(is_active)s,
    decommissioned_at = CASE WHEN %(keeps_date)s THEN decommissioned_at ELSE %(decommissioned_at)s::DATE END,
    held_by = %(person)s
WHERE domain_id = %(domain)s AND product_id = %(product)s
