-- Families as products are in them now, whatever they were in then, and one line for each INDIRECT domain.
SELECT
  product.family_id AS key,
  coalesce(dim_family.family_label, dim_domain.indirect_label) AS label,
  product.domain_id,
  product.cost,
  product.line_count,
  product.unpriced_count
FROM (
  SELECT
    rollup_row.domain_id,
    coalesce(dim_product.family_id, rollup_row.family_id) AS family_id,
    sum(rollup_row.cost) AS cost,
    sum(rollup_row.line_count)::BIGINT AS line_count,
    sum(rollup_row.unpriced_count)::BIGINT AS unpriced_count
  FROM cost_product_month AS rollup_row
  LEFT JOIN dim_product USING (domain_id, product_id)
  WHERE rollup_row.period_month = %(month)s AND rollup_row.pricing_view_id = %(view)s
  GROUP BY rollup_row.domain_id, coalesce(dim_product.family_id, rollup_row.family_id)
) AS product
LEFT JOIN dim_family USING (domain_id, family_id)
LEFT JOIN dim_domain USING (domain_id)
ORDER BY product.cost DESC NULLS LAST, product.domain_id, key
