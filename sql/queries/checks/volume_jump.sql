-- Lines by domain and quantities by metric are in proportion to the average of the months before
WITH published AS (
  SELECT DISTINCT ON (period_month, domain_id) period_month, domain_id, row_count
  FROM slice_version
  WHERE period_month BETWEEN %(month)s::DATE - make_interval(months => %(history)s) AND %(month)s
  ORDER BY period_month, domain_id, version DESC
),
measured AS (
  SELECT period_month, domain_id, 'lines' AS measure, row_count::NUMERIC AS amount
  FROM published
  UNION ALL
  SELECT period_month, domain_id, 'quantity in ' || consumption_metric, sum(quantity)
  FROM fact_consumption
  WHERE period_month BETWEEN %(month)s::DATE - make_interval(months => %(history)s) AND %(month)s
    -- what a provider's rounding leaves is in proportion to nothing
    AND NOT starts_with(coalesce(product_id, ''), 'difference:')
  GROUP BY period_month, domain_id, consumption_metric
),
begun AS (
  SELECT domain_id, measure, min(period_month) AS first_month
  FROM measured
  GROUP BY domain_id, measure
),
-- a metric that a later slice does not have counts 0 there; of an empty slice, that it has no line says it all
series AS (
  SELECT domain_id, begun.measure, published.period_month, coalesce(measured.amount, 0) AS amount
  FROM begun
  JOIN published USING (domain_id)
  LEFT JOIN measured USING (period_month, domain_id, measure)
  WHERE published.period_month >= begun.first_month
    AND (published.row_count > 0 OR begun.measure = 'lines')
),
compared AS (
  SELECT
    domain_id,
    measure,
    max(amount) FILTER (WHERE period_month = %(month)s) AS found,
    avg(amount) FILTER (WHERE period_month < %(month)s) AS usual,
    count(*) FILTER (WHERE period_month < %(month)s) AS months
  FROM series
  GROUP BY domain_id, measure
)
SELECT domain_id, measure, found, round(usual, 12) AS usual, months
FROM compared
WHERE months >= %(least_history)s
  AND (
    found > greatest(usual * %(factor)s, usual / %(factor)s)
    -- the open month is short until it is over
    OR (found < least(usual * %(factor)s, usual / %(factor)s) AND %(month)s < %(current_month)s)
  )
ORDER BY domain_id, measure
