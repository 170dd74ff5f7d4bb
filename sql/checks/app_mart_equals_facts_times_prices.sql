-- The application mart equals facts × prices in force, to the last digit
WITH newest AS (
  SELECT DISTINCT ON (pricing_view_id, domain_id, product_id, effective_from)
    pricing_view_id, domain_id, product_id, effective_from, unit_price
  FROM unit_price
  ORDER BY pricing_view_id, domain_id, product_id, effective_from, revision DESC
),
product AS MATERIALIZED (
  SELECT DISTINCT period_month, domain_id, coalesce(product_id, '') AS product_key, consumption_type
  FROM fact_consumption
),
-- a product's own price goes before that of all: two joins, because one with OR cannot hash
offered AS (
  SELECT
    product.period_month, product.domain_id, product.product_key, product.consumption_type, newest.pricing_view_id,
    newest.effective_from, newest.unit_price, FALSE AS is_of_all
  FROM product
  JOIN newest ON newest.domain_id = product.domain_id AND newest.product_id = product.product_key
  UNION ALL
  SELECT
    product.period_month, product.domain_id, product.product_key, product.consumption_type, newest.pricing_view_id,
    newest.effective_from, newest.unit_price, TRUE
  FROM product
  JOIN newest ON newest.domain_id = product.domain_id AND newest.product_id = '*'
),
in_force AS MATERIALIZED (
  SELECT DISTINCT ON (period_month, domain_id, product_key, pricing_view_id)
    period_month, domain_id, product_key, pricing_view_id, unit_price
  FROM offered
  WHERE effective_from <= period_month AND (consumption_type = 'DIRECT' OR effective_from = period_month)
  ORDER BY period_month, domain_id, product_key, pricing_view_id, is_of_all, effective_from DESC
),
priced AS MATERIALIZED (
  SELECT product.period_month, product.domain_id, product.product_key, view.pricing_view_id, in_force.unit_price
  FROM product
  CROSS JOIN pricing_view AS view
  LEFT JOIN in_force USING (period_month, domain_id, product_key, pricing_view_id)
  WHERE NOT view.is_draft
),
expected AS (
  SELECT
    fact.period_month, priced.pricing_view_id, fact.domain_id, fact.application_id,
    sum(fact.quantity * priced.unit_price) AS cost, count(*) AS line_count,
    count(*) FILTER (WHERE priced.unit_price IS NULL) AS unpriced_count
  FROM fact_consumption AS fact
  JOIN priced
    ON priced.period_month = fact.period_month AND priced.domain_id = fact.domain_id
    AND priced.product_key = coalesce(fact.product_id, '')
  GROUP BY fact.period_month, priced.pricing_view_id, fact.domain_id, fact.application_id
),
shown AS (
  SELECT period_month, pricing_view_id, domain_id, application_id, cost, line_count, unpriced_count
  FROM cost_app_month
)
SELECT 'missing or different in the mart' AS problem, * FROM (SELECT * FROM expected EXCEPT SELECT * FROM shown) AS lost
UNION ALL
SELECT 'only in the mart', * FROM (SELECT * FROM shown EXCEPT SELECT * FROM expected) AS invented
