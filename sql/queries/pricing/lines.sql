-- The lines of a book, each the last word on its (domain, product, month of effect).
SELECT NULL::DATE AS period_month, book.*, known.product_label, known.consumption_metric
FROM price_book(%(book)s,
  coalesce(%(known_before)s::TIMESTAMPTZ, 'infinity'), %(last_revision)s
) AS book
LEFT JOIN dim_product AS known USING (domain_id, product_id)
WHERE (%(domain)s::TEXT IS NULL OR domain_id = %(domain)s) AND (%(product)s::TEXT IS NULL OR product_id = %(product)s)
  AND (%(search)s::TEXT IS NULL
       OR strpos(lower(product_id), lower(%(search)s)) > 0
       OR strpos(lower(known.product_label), lower(%(search)s)) > 0)
  AND (is_drafted OR NOT %(drafted)s)
  AND (%(after_domain)s::TEXT IS NULL
       OR (domain_id, product_id, effective_from) > (%(after_domain)s, %(after_product)s, %(after_month)s::DATE))
ORDER BY domain_id, product_id, effective_from
LIMIT %(limit)s
