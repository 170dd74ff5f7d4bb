-- The totals of every application are those of its domains in the application mart, to the last digit
WITH summed AS (
  SELECT
    period_month, pricing_view_id, application_id, sum(cost) AS cost, sum(line_count) AS line_count,
    sum(unpriced_count) AS unpriced_count
  FROM cost_app_month
  GROUP BY period_month, pricing_view_id, application_id
)
SELECT period_month, pricing_view_id, application_id, total.cost, summed.cost AS summed_cost
FROM cost_total_month AS total
FULL JOIN summed USING (period_month, pricing_view_id, application_id)
WHERE (total.cost, total.line_count, total.unpriced_count)
  IS DISTINCT FROM (summed.cost, summed.line_count, summed.unpriced_count)
