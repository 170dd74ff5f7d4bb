-- Every revision of a view's prices, in the order they came.
SELECT
  NULL::DATE AS period_month, domain_id, product_id, effective_from, revision, unit_price, source_name,
  NULL::BIGINT AS source_line, published_at, published_by, FALSE AS is_drafted,
  known.product_label, known.consumption_metric
FROM unit_price
LEFT JOIN dim_product AS known USING (domain_id, product_id)
WHERE pricing_view_id = %(book)s
  AND published_at < coalesce(%(known_before)s::TIMESTAMPTZ, 'infinity')
  AND revision <= %(last_revision)s
  AND (%(domain)s::TEXT IS NULL OR domain_id = %(domain)s)
  AND (%(product)s::TEXT IS NULL OR product_id = %(product)s)
  AND (%(search)s::TEXT IS NULL
       OR strpos(lower(product_id), lower(%(search)s)) > 0
       OR strpos(lower(known.product_label), lower(%(search)s)) > 0)
  AND (%(after_domain)s::TEXT IS NULL
       OR (domain_id, product_id, effective_from, revision)
          > (%(after_domain)s, %(after_product)s, %(after_month)s::DATE, %(after_revision)s::BIGINT))
ORDER BY domain_id, product_id, effective_from, revision
LIMIT %(limit)s
