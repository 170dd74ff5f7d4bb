-- What the applications, the products of a domain and the pricing views named are called: one row for each there is.
SELECT 'application' AS kind, application_id AS id, application_label AS label
FROM dim_application
WHERE application_id = ANY(%(applications)s)
UNION ALL
SELECT 'product', product_id, product_label
FROM dim_product
WHERE domain_id = %(domain)s AND product_id = ANY(%(products)s)
UNION ALL
SELECT 'view', pricing_view_id, pricing_view_label
FROM pricing_view
WHERE pricing_view_id = ANY(%(views)s)
