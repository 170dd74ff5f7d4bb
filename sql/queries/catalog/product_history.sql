-- A product month by month and family by family of then, from the facts, with what it cost in a pricing view where the
-- marts show it.
SELECT
  used.period_month, used.quantity, used.applications, used.label AS label_then, used.family_id AS family_then,
  priced.cost, priced.unpriced_count
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
ORDER BY used.period_month, used.family_id
