UPDATE dim_product
SET product_label = found.product_label,
    family_id = found.family_id,
    is_inferred = FALSE,
    described_in = %(month)s
FROM unnest(%(ids)s::TEXT[], %(labels)s::TEXT[], %(families)s::TEXT[])
  AS found (product_id, product_label, family_id)
WHERE dim_product.domain_id = %(domain)s
  AND dim_product.product_id = found.product_id
  AND found.product_label IS NOT NULL
  AND (found.product_label, found.family_id, FALSE)
    IS DISTINCT FROM (dim_product.product_label, dim_product.family_id, dim_product.is_inferred)
  AND coalesce(described_in, '-infinity') <= %(month)s
