-- Products by key, with the label of now; INDIRECT domains have one line and no product.
SELECT
  rollup_row.product_id AS key,
  coalesce(dim_product.product_label, dim_domain.indirect_label) AS label,
  rollup_row.domain_id,
  rollup_row.cost,
  rollup_row.line_count,
  rollup_row.unpriced_count
FROM cost_product_month AS rollup_row
LEFT JOIN dim_product USING (domain_id, product_id)
LEFT JOIN dim_domain USING (domain_id)
WHERE rollup_row.period_month = %(month)s AND rollup_row.pricing_view_id = %(view)s
ORDER BY cost DESC NULLS LAST, domain_id, key
