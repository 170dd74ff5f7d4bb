-- What the marts say of the same months, views and application: one row per view; cost is NULL when nothing is priced.
SELECT
  pricing_view_id,
  sum(cost) AS cost,
  sum(line_count)::BIGINT AS line_count,
  sum(unpriced_count)::BIGINT AS unpriced_count
FROM mv_cost_app_month
WHERE period_month BETWEEN %(first)s AND %(last)s
  AND pricing_view_id = ANY(%(views)s)
  AND (%(application)s::TEXT IS NULL OR application_id = %(application)s)
GROUP BY pricing_view_id
