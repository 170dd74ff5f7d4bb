-- Every month of a range, what it came to in a view, and the closing that stands.
SELECT
  calendar.period_month,
  closed.closings,
  CASE WHEN period.status = 'CLOSED' THEN closed.closed_at END AS closed_at,
  CASE WHEN period.status = 'CLOSED' THEN closed.closed_by END AS closed_by,
  total.cost,
  coalesce(total.line_count, 0) AS line_count,
  coalesce(total.unpriced_count, 0) AS unpriced_count
FROM (
  SELECT generate_series(%(first)s::TIMESTAMP, %(last)s, INTERVAL '1 month')::DATE AS period_month
) AS calendar
LEFT JOIN period ON period.period_month = calendar.period_month
LEFT JOIN LATERAL (
  SELECT
    count(*) AS closings,
    max(acted_at) AS closed_at,
    (array_agg(person ORDER BY close_number DESC))[1] AS closed_by
  FROM period_close
  WHERE period_close.period_month = calendar.period_month AND act = 'CLOSE'
) AS closed ON TRUE
LEFT JOIN LATERAL (
  SELECT sum(cost) AS cost, sum(line_count)::BIGINT AS line_count, sum(unpriced_count)::BIGINT AS unpriced_count
  FROM mv_cost_domain_month
  WHERE mv_cost_domain_month.period_month = calendar.period_month AND pricing_view_id = %(view)s
) AS total ON TRUE
ORDER BY calendar.period_month DESC
