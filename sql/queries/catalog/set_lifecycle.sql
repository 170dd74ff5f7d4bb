-- The product list's word on each product it names or named: active, or gone since a date. Of a product that
-- an undated list no longer names, the date is the first one it was missed on. One that comes back is the
-- same member again.
WITH told AS (
  SELECT
    dim_product.product_id,
    found.is_listed AND found.gone_on IS NULL AS is_active,
    CASE
      WHEN found.is_listed THEN found.gone_on
      ELSE coalesce(found.gone_on, dim_product.decommissioned_at, %(today)s)
    END AS decommissioned_at
  FROM unnest(%(ids)s::TEXT[], %(listed)s::BOOLEAN[], %(gone)s::DATE[]) AS found (product_id, is_listed, gone_on)
  JOIN dim_product ON dim_product.domain_id = %(domain)s AND dim_product.product_id = found.product_id
  ORDER BY dim_product.product_id
  FOR NO KEY UPDATE OF dim_product
)
UPDATE dim_product
SET in_referential = TRUE,
    is_active = told.is_active,
    decommissioned_at = told.decommissioned_at
FROM told
WHERE dim_product.domain_id = %(domain)s
  AND dim_product.product_id = told.product_id
  AND (TRUE, told.is_active, told.decommissioned_at)
    IS DISTINCT FROM (dim_product.in_referential, dim_product.is_active, dim_product.decommissioned_at)
