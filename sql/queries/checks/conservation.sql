-- What the mart shows of a domain is its amount to spread, or its products' quantities × prices
WITH used AS MATERIALIZED (
  SELECT domain_id, coalesce(product_id, '') AS product_key, sum(quantity) AS quantity
  FROM fact_consumption
  WHERE period_month = %(month)s
  GROUP BY domain_id, coalesce(product_id, '')
),
in_force AS MATERIALIZED (
  SELECT used_domain.domain_id, price.pricing_view_id, price.product_id, price.unit_price
  FROM (SELECT DISTINCT domain_id FROM used) AS used_domain
  CROSS JOIN LATERAL prices_in_force(%(month)s, used_domain.domain_id) AS price
),
owed AS (
  SELECT
    used.domain_id,
    view.pricing_view_id,
    -- an amount is spread whole: whatever its weights say, what is owed is the amount
    sum(
      CASE dim_domain.domain_mode WHEN 'INDIRECT' THEN 1 ELSE used.quantity END
      * coalesce(own.unit_price, fallback.unit_price)
    ) AS amount
  FROM used
  JOIN dim_domain USING (domain_id)
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
  GROUP BY used.domain_id, view.pricing_view_id
),
shown AS (
  SELECT domain_id, pricing_view_id, cost
  FROM mv_cost_domain_month
  WHERE period_month = %(month)s
)
SELECT domain_id, pricing_view_id, owed.amount AS owed, shown.cost AS shown, shown.cost - owed.amount AS difference
FROM owed
FULL JOIN shown USING (domain_id, pricing_view_id)
WHERE owed.amount IS DISTINCT FROM shown.cost
  -- marts_equal_facts tells of slices that wait for a refresh
  AND domain_id NOT IN (SELECT stale.domain_id FROM stale_slices() AS stale WHERE stale.period_month = %(month)s)
ORDER BY domain_id, pricing_view_id
