-- What an application used month by month and domain by domain, with what it cost in a pricing view where the marts
-- show it.
SELECT used.period_month, used.domain_id, used.products, priced.cost, priced.unpriced_count
FROM (
  SELECT period_month, domain_id, count(product_id) AS products
  FROM fact_consumption
  WHERE application_id = %(application)s
  GROUP BY period_month, domain_id
) AS used
LEFT JOIN cost_app_month AS priced
  ON priced.application_id = %(application)s
  AND priced.pricing_view_id = %(view)s
  AND priced.period_month = used.period_month
  AND priced.domain_id = used.domain_id
ORDER BY used.period_month, used.domain_id
