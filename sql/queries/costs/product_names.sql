-- What a product was called in each month when it was computed.
SELECT period_month, max(product_label) AS product_label
FROM cost_product_month
WHERE pricing_view_id = %(view)s
  AND domain_id = %(domain)s
  AND product_id = %(id)s
  AND period_month BETWEEN %(first)s AND %(last)s
GROUP BY period_month
