-- Every line has a price in the default pricing view
WITH used AS MATERIALIZED (
  SELECT domain_id, product_id, count(*) AS line_count
  FROM fact_consumption
  WHERE period_month = %(month)s
  GROUP BY domain_id, product_id
),
in_force AS MATERIALIZED (
  SELECT used_domain.domain_id, price.product_id
  FROM (SELECT DISTINCT domain_id FROM used) AS used_domain
  CROSS JOIN LATERAL prices_in_force(%(month)s, used_domain.domain_id) AS price
  JOIN pricing_view AS view USING (pricing_view_id)
  WHERE view.is_default
)
SELECT used.domain_id, used.product_id, used.line_count
FROM used
WHERE NOT EXISTS (
  SELECT
  FROM in_force
  WHERE in_force.domain_id = used.domain_id AND in_force.product_id IN (used.product_id, '*')
)
ORDER BY used.domain_id, used.product_id
