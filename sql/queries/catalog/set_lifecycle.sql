-- The referential's word on each product it lists: active, or decommissioned at a date; a product that
-- comes back is the same member again.
UPDATE dim_product
SET is_active = found.decommissioned_at IS NULL,
    decommissioned_at = found.decommissioned_at
FROM unnest(%(ids)s::TEXT[], %(decommissioned)s::DATE[]) AS found (product_id, decommissioned_at)
WHERE dim_product.domain_id = %(domain)s
  AND dim_product.product_id = found.product_id
  AND dim_product.decommissioned_at IS DISTINCT FROM found.decommissioned_at
