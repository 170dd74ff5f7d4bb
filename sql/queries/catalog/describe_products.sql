-- Members are locked in one order, so that two months that describe the same ones cannot deadlock.
WITH newer AS (
  SELECT dim_product.product_id, found.product_label, found.family_id, found.month
  FROM unnest(%(ids)s::TEXT[], %(labels)s::TEXT[], %(families)s::TEXT[], %(months)s::DATE[])
    AS found (product_id, product_label, family_id, month)
  JOIN dim_product ON dim_product.domain_id = %(domain)s AND dim_product.product_id = found.product_id
  WHERE found.product_label IS NOT NULL
    AND dim_product.described_by IS NULL
    AND (found.product_label, found.family_id, FALSE, found.month) IS DISTINCT FROM
      (dim_product.product_label, dim_product.family_id, dim_product.is_inferred, dim_product.described_in)
    AND coalesce(dim_product.described_in, '-infinity') <= found.month
  ORDER BY dim_product.product_id
  FOR NO KEY UPDATE OF dim_product
)
UPDATE dim_product
SET product_label = newer.product_label,
    family_id = newer.family_id,
    is_inferred = FALSE,
    described_in = newer.month
FROM newer
WHERE dim_product.domain_id = %(domain)s AND dim_product.product_id = newer.product_id
