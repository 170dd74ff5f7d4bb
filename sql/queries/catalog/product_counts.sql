SELECT product_state(known, %(today)s) AS state, count(*) AS members
FROM dim_product AS known
WHERE (%(domain)s::TEXT IS NULL OR known.domain_id = %(domain)s)
  AND (%(search)s::TEXT IS NULL
       OR strpos(lower(known.product_id), lower(%(search)s)) > 0
       OR strpos(lower(known.product_label), lower(%(search)s)) > 0)
GROUP BY state
