-- Family and domain marts are sums of the product mart, row by row, and the marts name prices that exist
WITH family AS (
  SELECT
    period_month, pricing_view_id, domain_id, family_id, sum(cost) AS cost, sum(line_count) AS line_count,
    sum(unpriced_count) AS unpriced_count
  FROM cost_product_month
  GROUP BY period_month, pricing_view_id, domain_id, family_id
),
rollup_row AS (
  SELECT period_month, pricing_view_id, domain_id, family_id, cost, line_count, unpriced_count FROM cost_family_month
),
shown AS (
  SELECT period_month, pricing_view_id, domain_id, family_id, cost, line_count, unpriced_count
  FROM mv_cost_family_month
  UNION ALL
  SELECT period_month, pricing_view_id, domain_id, NULL, cost, line_count, unpriced_count
  FROM mv_cost_domain_month
  WHERE domain_mode = 'INDIRECT'
)
SELECT 'family rollup differs' AS problem, * FROM (SELECT * FROM family EXCEPT SELECT * FROM rollup_row) AS lost
UNION ALL
SELECT 'only in the family rollup', * FROM (SELECT * FROM rollup_row EXCEPT SELECT * FROM family) AS invented
UNION ALL
SELECT 'views differ', * FROM (SELECT * FROM family EXCEPT SELECT * FROM shown) AS hidden
UNION ALL
SELECT 'only in the views', * FROM (SELECT * FROM shown EXCEPT SELECT * FROM family) AS imagined
UNION ALL
SELECT 'priced by an unknown price', period_month, NULL, domain_id, NULL, NULL, price_id, NULL
FROM mart_slice
WHERE price_id <> 0
  AND NOT EXISTS (
    SELECT FROM unit_price WHERE unit_price.domain_id = mart_slice.domain_id AND unit_price.price_id = mart_slice.price_id
  )
