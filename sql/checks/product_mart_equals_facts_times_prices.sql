-- The product mart equals facts × prices in force, quantities and unit prices included, to the last digit
WITH newest AS (
  SELECT DISTINCT ON (pricing_view_id, domain_id, product_id, effective_from)
    pricing_view_id, domain_id, product_id, effective_from, unit_price
  FROM unit_price
  ORDER BY pricing_view_id, domain_id, product_id, effective_from, revision DESC
),
consumed AS MATERIALIZED (
  SELECT
    period_month, domain_id, family_id, product_id, consumption_type, sum(quantity) AS quantity,
    count(*) AS line_count, max(product_label_snapshot COLLATE "C") AS product_label
  FROM fact_consumption
  GROUP BY period_month, domain_id, family_id, product_id, consumption_type
),
-- a product's own price goes before that of all: two joins, because one with OR cannot hash
offered AS (
  SELECT
    consumed.period_month, consumed.domain_id, consumed.product_id, consumed.consumption_type, newest.pricing_view_id,
    newest.effective_from, newest.unit_price, FALSE AS is_of_all
  FROM consumed
  JOIN newest ON newest.domain_id = consumed.domain_id AND newest.product_id = consumed.product_id
  UNION ALL
  SELECT
    consumed.period_month, consumed.domain_id, consumed.product_id, consumed.consumption_type, newest.pricing_view_id,
    newest.effective_from, newest.unit_price, TRUE
  FROM consumed
  JOIN newest ON newest.domain_id = consumed.domain_id AND newest.product_id = '*'
),
in_force AS MATERIALIZED (
  SELECT DISTINCT ON (period_month, domain_id, product_key, pricing_view_id)
    period_month, domain_id, coalesce(product_id, '') AS product_key, pricing_view_id, unit_price
  FROM offered
  WHERE effective_from <= period_month AND (consumption_type = 'DIRECT' OR effective_from = period_month)
  ORDER BY period_month, domain_id, product_key, pricing_view_id, is_of_all, effective_from DESC
),
expected AS (
  SELECT
    consumed.period_month, view.pricing_view_id, consumed.domain_id, consumed.family_id, consumed.product_id,
    consumed.quantity, price.unit_price, consumed.quantity * price.unit_price AS cost, consumed.line_count,
    CASE WHEN price.unit_price IS NULL THEN consumed.line_count ELSE 0 END AS unpriced_count,
    consumed.product_label
  FROM consumed
  CROSS JOIN pricing_view AS view
  LEFT JOIN in_force AS price
    ON price.period_month = consumed.period_month AND price.domain_id = consumed.domain_id
    AND price.product_key = coalesce(consumed.product_id, '') AND price.pricing_view_id = view.pricing_view_id
  WHERE NOT view.is_draft
),
shown AS (
  SELECT
    period_month, pricing_view_id, domain_id, family_id, product_id, quantity, unit_price, cost, line_count,
    unpriced_count, product_label
  FROM cost_product_month
)
SELECT 'missing or different in the mart' AS problem, * FROM (SELECT * FROM expected EXCEPT SELECT * FROM shown) AS lost
UNION ALL
SELECT 'only in the mart', * FROM (SELECT * FROM shown EXCEPT SELECT * FROM expected) AS invented
