-- Totals agree across the four marts: applications, domains, families with the INDIRECT remainder, trend
WITH by_application AS (
  SELECT period_month, pricing_view_id, domain_id,
    sum(cost) AS cost, sum(line_count) AS line_count, sum(unpriced_count) AS unpriced_count
  FROM mv_cost_app_month
  GROUP BY period_month, pricing_view_id, domain_id
),
by_family AS (
  SELECT period_month, pricing_view_id, domain_id,
    sum(cost) AS cost, sum(line_count) AS line_count, sum(unpriced_count) AS unpriced_count
  FROM mv_cost_family_month
  GROUP BY period_month, pricing_view_id, domain_id
  UNION ALL
  SELECT period_month, pricing_view_id, domain_id, cost, line_count, unpriced_count
  FROM mv_cost_domain_month
  WHERE domain_mode = 'INDIRECT'
),
by_product AS (
  SELECT period_month, pricing_view_id, domain_id,
    sum(cost) AS cost, sum(line_count) AS line_count, sum(unpriced_count) AS unpriced_count
  FROM cost_product_month
  GROUP BY period_month, pricing_view_id, domain_id
),
by_trend AS (
  SELECT period_month, pricing_view_id, domain_id, cost, line_count, unpriced_count
  FROM mv_history_trend
  WHERE has_data
)
SELECT
  period_month, pricing_view_id, domain_id,
  mart.cost, by_application.cost AS application_cost, by_family.cost AS family_cost,
  by_product.cost AS product_cost, by_trend.cost AS trend_cost
FROM mv_cost_domain_month AS mart
FULL JOIN by_application USING (period_month, pricing_view_id, domain_id)
FULL JOIN by_family USING (period_month, pricing_view_id, domain_id)
FULL JOIN by_product USING (period_month, pricing_view_id, domain_id)
FULL JOIN by_trend USING (period_month, pricing_view_id, domain_id)
WHERE (mart.cost, mart.line_count, mart.unpriced_count)
    IS DISTINCT FROM (by_application.cost, by_application.line_count, by_application.unpriced_count)
  OR (mart.cost, mart.line_count, mart.unpriced_count)
    IS DISTINCT FROM (by_family.cost, by_family.line_count, by_family.unpriced_count)
  OR (mart.cost, mart.line_count, mart.unpriced_count)
    IS DISTINCT FROM (by_product.cost, by_product.line_count, by_product.unpriced_count)
  OR (mart.cost, mart.line_count, mart.unpriced_count)
    IS DISTINCT FROM (by_trend.cost, by_trend.line_count, by_trend.unpriced_count)
