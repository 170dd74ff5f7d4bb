SELECT product_state(known, %(today)s) AS state, count(*) AS members
FROM dim_product AS known
WHERE %(domain)s::TEXT IS NULL OR known.domain_id = %(domain)s
GROUP BY state
