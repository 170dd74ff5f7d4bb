SELECT
  mart.domain_id AS key,
  dim_domain.domain_label AS label,
  mart.domain_id,
  mart.cost,
  mart.line_count,
  mart.unpriced_count
FROM mv_cost_domain_month AS mart
LEFT JOIN dim_domain USING (domain_id)
WHERE mart.period_month = %(month)s AND mart.pricing_view_id = %(view)s
ORDER BY mart.cost DESC NULLS LAST, mart.domain_id
