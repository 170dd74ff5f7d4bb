INSERT INTO dim_product (
  domain_id, product_id, product_label, family_id, consumption_metric, is_inferred, described_in
)
SELECT
  %(domain)s, product_id, coalesce(product_label, product_id), family_id, metric, product_label IS NULL,
  CASE WHEN product_label IS NOT NULL THEN month END
FROM unnest(%(ids)s::TEXT[], %(labels)s::TEXT[], %(families)s::TEXT[], %(metrics)s::TEXT[], %(months)s::DATE[])
  AS found (product_id, product_label, family_id, metric, month)
ORDER BY product_id
ON CONFLICT (domain_id, product_id) DO NOTHING
RETURNING product_id
