-- A product month by month and family by family of then, from the facts, with the price that holds in a pricing view,
-- its own or else the domain's, and what it cost where the marts show it.
SELECT
  used.period_month, used.quantity, used.applications, used.label AS label_then, used.family_id AS family_then,
  in_force.unit_price, priced.cost, priced.unpriced_count
FROM (
  SELECT
    period_month, family_id, sum(quantity) AS quantity, count(*) AS applications, max(product_label_snapshot) AS label
  FROM fact_consumption
  WHERE domain_id = %(domain)s AND product_id = %(product)s
  GROUP BY period_month, family_id
) AS used
LEFT JOIN cost_product_month AS priced
  ON priced.period_month = used.period_month
  AND priced.domain_id = %(domain)s
  AND priced.product_id = %(product)s
  AND priced.family_id = used.family_id
  AND priced.pricing_view_id = %(view)s
LEFT JOIN LATERAL (
  SELECT price.unit_price
  FROM unit_price AS price
  WHERE price.pricing_view_id = %(view)s
    AND price.domain_id = %(domain)s
    AND price.product_id IN (%(product)s, '*')
    AND price.effective_from <= used.period_month
  ORDER BY price.product_id = '*', price.effective_from DESC, price.revision DESC
  LIMIT 1
) AS in_force ON TRUE
ORDER BY used.period_month, used.family_id
