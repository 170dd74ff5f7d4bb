-- One page of the products, by domain and product, with the state they are in on a day.
SELECT
  known.domain_id, known.product_id, known.product_label, known.family_id, dim_family.family_label,
  known.consumption_metric, product_state(known, %(today)s) AS state, known.decommissioned_at, known.held_by,
  known.described_by, known.described_in, known.in_referential, known.created_at
FROM dim_product AS known
JOIN dim_family USING (domain_id, family_id)
WHERE (%(domain)s::TEXT IS NULL OR known.domain_id = %(domain)s)
  AND (%(product)s::TEXT IS NULL OR known.product_id = %(product)s)
  AND (%(state)s::TEXT IS NULL OR product_state(known, %(today)s) = %(state)s)
  AND (%(search)s::TEXT IS NULL
       OR strpos(lower(known.product_id), lower(%(search)s)) > 0
       OR strpos(lower(known.product_label), lower(%(search)s)) > 0)
  AND (%(after_domain)s::TEXT IS NULL OR (known.domain_id, known.product_id) > (%(after_domain)s, %(after_product)s))
ORDER BY known.domain_id, known.product_id
LIMIT %(limit)s
