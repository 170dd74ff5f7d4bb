SELECT
  nullif(priced.product_key, '') AS key,
  coalesce(dim_product.product_label, dim_domain.indirect_label) AS label,
  priced.domain_id,
  sum(priced.quantity * priced.price_before) AS before,
  sum(priced.quantity * priced.price_after) AS after,
  sum(priced.line_count)::BIGINT AS line_count,
  coalesce(sum(priced.line_count) FILTER (WHERE priced.price_before IS NULL), 0)::BIGINT AS unpriced_before,
  coalesce(sum(priced.line_count) FILTER (WHERE priced.price_after IS NULL), 0)::BIGINT AS unpriced_after,
  sum(priced.quantity * (priced.price_after - priced.price_before)) AS moved,
  sum(priced.quantity * priced.price_before) FILTER (WHERE priced.price_after IS NULL) AS only_before,
  sum(priced.quantity * priced.price_after) FILTER (WHERE priced.price_before IS NULL) AS only_after,
  coalesce(sum(priced.line_count) FILTER (
    WHERE priced.price_before IS NOT NULL AND priced.price_after IS NULL
  ), 0)::BIGINT AS only_before_count,
  coalesce(sum(priced.line_count) FILTER (
    WHERE priced.price_after IS NOT NULL AND priced.price_before IS NULL
  ), 0)::BIGINT AS only_after_count
FROM quantities_in_two_books(%(before)s, %(after)s, %(first)s, %(last)s, %(domains)s) AS priced
LEFT JOIN dim_domain USING (domain_id)
LEFT JOIN dim_product ON dim_product.domain_id = priced.domain_id AND dim_product.product_id = priced.product_key
GROUP BY priced.domain_id, priced.product_key, dim_product.product_label, dim_domain.indirect_label
ORDER BY priced.domain_id, priced.product_key
