-- Which names of a filter nobody has, or the caller may not know of.
SELECT 'applications' AS filter, asked.name
FROM unnest(%(applications)s::TEXT[]) AS asked (name)
WHERE NOT EXISTS (SELECT FROM dim_application WHERE application_id = asked.name)
UNION ALL
SELECT 'owners', asked.name
FROM unnest(%(owners)s::TEXT[]) AS asked (name)
WHERE NOT EXISTS (SELECT FROM dim_application WHERE owner = asked.name)
UNION ALL
SELECT 'domains', asked.name
FROM unnest(%(domains)s::TEXT[]) AS asked (name)
WHERE NOT EXISTS (SELECT FROM dim_domain WHERE domain_id = asked.name)
UNION ALL
SELECT 'families', asked.name
FROM unnest(%(families)s::TEXT[]) AS asked (name)
WHERE NOT EXISTS (SELECT FROM dim_family WHERE family_id = asked.name)
UNION ALL
SELECT 'products', asked.name
FROM unnest(%(products)s::TEXT[]) AS asked (name)
WHERE NOT EXISTS (SELECT FROM dim_product WHERE product_id = asked.name)
ORDER BY filter, name
