SELECT
  mart.application_id AS key,
  dim_application.application_label AS label,
  NULL AS domain_id,
  sum(mart.cost) AS cost,
  sum(mart.line_count)::BIGINT AS line_count,
  sum(mart.unpriced_count)::BIGINT AS unpriced_count
FROM mv_cost_app_month AS mart
LEFT JOIN dim_application USING (application_id)
WHERE mart.period_month = %(month)s AND mart.pricing_view_id = %(view)s
GROUP BY mart.application_id, dim_application.application_label
ORDER BY cost DESC NULLS LAST, mart.application_id
