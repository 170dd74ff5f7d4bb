-- Every fact, archived or not, cites a domain, product, family and application that exist
WITH line AS (
  SELECT period_month, domain_id, product_id, family_id, application_id FROM fact_consumption
  UNION ALL
  SELECT period_month, domain_id, product_id, family_id, application_id FROM fact_archive
)
SELECT line.period_month, line.domain_id, line.product_id, line.family_id, line.application_id
FROM line
LEFT JOIN dim_domain USING (domain_id)
LEFT JOIN dim_product
  ON dim_product.domain_id = line.domain_id AND dim_product.product_id = line.product_id
LEFT JOIN dim_family
  ON dim_family.domain_id = line.domain_id AND dim_family.family_id = line.family_id
LEFT JOIN dim_application USING (application_id)
WHERE dim_domain.domain_id IS NULL
  OR dim_application.application_id IS NULL
  OR (line.product_id IS NOT NULL AND dim_product.product_id IS NULL)
  OR (line.family_id IS NOT NULL AND dim_family.family_id IS NULL)
