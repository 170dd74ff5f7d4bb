SELECT application_id, product_id, family_id, quantity, consumption_metric
FROM fact_consumption
WHERE period_month = %(month)s AND domain_id = %(domain)s
