-- The application mart equals facts × prices in force, to the last digit
WITH newest AS (
  SELECT DISTINCT ON (pricing_view_id, domain_id, product_id, effective_from)
    pricing_view_id, domain_id, product_id, effective_from, unit_price
  FROM unit_price
  ORDER BY pricing_view_id, domain_id, product_id, effective_from, revision DESC
),
priced AS (
  SELECT
    fact.period_month,
    view.pricing_view_id,
    fact.domain_id,
    fact.application_id,
    fact.quantity * price.unit_price AS cost
  FROM fact_consumption AS fact
  CROSS JOIN pricing_view AS view
  LEFT JOIN LATERAL (
    SELECT unit_price
    FROM newest
    WHERE newest.pricing_view_id = view.pricing_view_id
      AND newest.domain_id = fact.domain_id
      AND newest.product_id IN (fact.product_id, '*')
      AND newest.effective_from <= fact.period_month
      AND (fact.consumption_type = 'DIRECT' OR newest.effective_from = fact.period_month)
    ORDER BY (newest.product_id = '*'), newest.effective_from DESC
    LIMIT 1
  ) AS price ON TRUE
  WHERE NOT view.is_draft
),
expected AS (
  SELECT
    period_month, pricing_view_id, domain_id, application_id,
    sum(cost) AS cost, count(*) AS line_count, count(*) FILTER (WHERE cost IS NULL) AS unpriced_count
  FROM priced
  GROUP BY period_month, pricing_view_id, domain_id, application_id
),
shown AS (
  SELECT period_month, pricing_view_id, domain_id, application_id, cost, line_count, unpriced_count
  FROM cost_app_month
)
SELECT 'missing or different in the mart' AS problem, * FROM (SELECT * FROM expected EXCEPT SELECT * FROM shown) AS lost
UNION ALL
SELECT 'only in the mart', * FROM (SELECT * FROM shown EXCEPT SELECT * FROM expected) AS invented
