SELECT domain_id, quantity
FROM shown_fact
WHERE period_month = %(month)s AND application_id = %(application)s AND product_id IS NULL
