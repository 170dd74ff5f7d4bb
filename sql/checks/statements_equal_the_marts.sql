-- The statement of a closed month is what its marts show, and the adjustments booked in it, to the last digit
WITH standing AS (
  SELECT period_month, max(close_number) AS close_number
  FROM period
  JOIN period_close USING (period_month)
  WHERE status = 'CLOSED'
  GROUP BY period_month
),
stated AS (
  SELECT statement.*
  FROM standing
  JOIN statement USING (period_month, close_number)
),
owed AS (
  SELECT
    cost_app_month.period_month, cost_app_month.pricing_view_id, cost_app_month.domain_id,
    cost_app_month.application_id, cost_app_month.period_month AS original_month, cost_app_month.cost,
    cost_app_month.line_count
  FROM cost_app_month
  UNION ALL
  SELECT
    booked.period_month, pricing_view_id, booked.domain_id, booked.application_id, booked.original_month,
    sum(money.amount), count(*)
  FROM adjustment AS booked
  CROSS JOIN pricing_view
  LEFT JOIN adjustment_amount AS money USING (adjustment_id, pricing_view_id)
  GROUP BY booked.period_month, pricing_view_id, booked.domain_id, booked.application_id, booked.original_month
)
SELECT
  period_month, pricing_view_id, domain_id, application_id, original_month, stated.cost AS stated, owed.cost AS owed
FROM stated
FULL JOIN (
  SELECT owed.*
  FROM owed
  -- a view that was published after the closing is in no statement of the month
  WHERE (owed.period_month, owed.pricing_view_id) IN (SELECT stated.period_month, stated.pricing_view_id FROM stated)
) AS owed USING (period_month, pricing_view_id, domain_id, application_id, original_month)
WHERE (stated.cost, stated.line_count) IS DISTINCT FROM (owed.cost, owed.line_count)
  -- a view that was made a draft again has left the marts
  AND pricing_view_id NOT IN (SELECT drawn.pricing_view_id FROM pricing_view AS drawn WHERE drawn.is_draft)
