-- What a draft changes.
SELECT domain_id, product_id, effective_from, unit_price, source_name, source_line
FROM draft_price
WHERE pricing_view_id = %(draft)s
ORDER BY domain_id, product_id, effective_from
