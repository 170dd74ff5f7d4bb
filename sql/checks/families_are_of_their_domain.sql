-- Every product's family is a family of the same domain, and every DIRECT fact has one
SELECT fact.period_month, fact.domain_id, fact.product_id
FROM fact_consumption AS fact
WHERE fact.consumption_type = 'DIRECT' AND fact.family_id IS NULL
UNION ALL
SELECT NULL, dim_product.domain_id, dim_product.product_id
FROM dim_product
LEFT JOIN dim_family USING (domain_id, family_id)
WHERE dim_family.family_id IS NULL
