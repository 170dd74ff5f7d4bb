-- The application mart shows the current slices, and equals facts × prices in force to the last digit
WITH stale AS MATERIALIZED (
  SELECT waiting.domain_id FROM stale_slices() AS waiting WHERE waiting.period_month = %(month)s
),
used AS MATERIALIZED (
  SELECT DISTINCT domain_id, coalesce(product_id, '') AS product_key
  FROM fact_consumption
  WHERE period_month = %(month)s
),
in_force AS MATERIALIZED (
  SELECT used_domain.domain_id, price.pricing_view_id, price.product_id, price.unit_price
  FROM (SELECT DISTINCT domain_id FROM used) AS used_domain
  CROSS JOIN LATERAL prices_in_force(%(month)s, used_domain.domain_id) AS price
),
priced AS MATERIALIZED (
  SELECT
    used.domain_id, used.product_key, view.pricing_view_id,
    coalesce(own.unit_price, fallback.unit_price) AS unit_price
  FROM used
  CROSS JOIN pricing_view AS view
  LEFT JOIN in_force AS own
    ON own.domain_id = used.domain_id
    AND own.pricing_view_id = view.pricing_view_id
    AND own.product_id = used.product_key
  LEFT JOIN in_force AS fallback
    ON fallback.domain_id = used.domain_id
    AND fallback.pricing_view_id = view.pricing_view_id
    AND fallback.product_id = '*'
  WHERE NOT view.is_draft
),
computed AS (
  SELECT
    fact.domain_id, fact.application_id, priced.pricing_view_id,
    sum(fact.quantity * priced.unit_price) AS cost,
    count(*) AS line_count,
    count(*) FILTER (WHERE priced.unit_price IS NULL) AS unpriced_count
  FROM fact_consumption AS fact
  JOIN priced
    ON priced.domain_id = fact.domain_id AND priced.product_key = coalesce(fact.product_id, '')
  WHERE fact.period_month = %(month)s
  GROUP BY fact.domain_id, fact.application_id, priced.pricing_view_id
),
shown AS (
  SELECT domain_id, application_id, pricing_view_id, cost, line_count, unpriced_count
  FROM cost_app_month
  WHERE period_month = %(month)s
)
SELECT
  stale.domain_id, NULL AS application_id, NULL AS pricing_view_id, 'stale: facts or prices changed' AS problem,
  NULL::NUMERIC AS shown, NULL::NUMERIC AS computed
FROM stale
UNION ALL
SELECT
  domain_id, application_id, pricing_view_id,
  CASE
    WHEN shown.line_count IS NULL THEN 'not in the mart'
    WHEN computed.line_count IS NULL THEN 'only in the mart'
    WHEN shown.cost IS DISTINCT FROM computed.cost THEN 'another cost'
    ELSE 'another count of lines'
  END,
  shown.cost, computed.cost
FROM computed
FULL JOIN shown USING (domain_id, application_id, pricing_view_id)
WHERE domain_id NOT IN (SELECT stale.domain_id FROM stale)
  AND (shown.cost, shown.line_count, shown.unpriced_count)
    IS DISTINCT FROM (computed.cost, computed.line_count, computed.unpriced_count)
ORDER BY domain_id, application_id, pricing_view_id
