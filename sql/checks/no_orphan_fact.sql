-- Every fact cites a domain, product, family and application that exist
SELECT DISTINCT fact.period_month, fact.domain_id, fact.product_id, fact.family_id, fact.application_id
FROM fact_consumption AS fact
LEFT JOIN dim_domain USING (domain_id)
LEFT JOIN dim_product
  ON dim_product.domain_id = fact.domain_id AND dim_product.product_id = fact.product_id
LEFT JOIN dim_family
  ON dim_family.domain_id = fact.domain_id AND dim_family.family_id = fact.family_id
LEFT JOIN dim_application USING (application_id)
WHERE dim_domain.domain_id IS NULL
  OR dim_application.application_id IS NULL
  OR (fact.product_id IS NOT NULL AND dim_product.product_id IS NULL)
  OR (fact.family_id IS NOT NULL AND dim_family.family_id IS NULL)
