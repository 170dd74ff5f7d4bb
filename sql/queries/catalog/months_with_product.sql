-- The months after a day's own that have published lines of a product.
SELECT DISTINCT period_month
FROM fact_consumption
WHERE domain_id = %(domain)s AND product_id = %(product)s AND period_month > %(day)s
ORDER BY period_month
