-- Every fact has the mode of its domain, and one metric per product
SELECT fact.period_month, fact.domain_id, fact.product_id, fact.consumption_type, fact.consumption_metric
FROM fact_consumption AS fact
JOIN dim_domain USING (domain_id)
LEFT JOIN dim_product
  ON dim_product.domain_id = fact.domain_id AND dim_product.product_id = fact.product_id
WHERE fact.consumption_type <> dim_domain.domain_mode
  OR fact.consumption_metric <> dim_product.consumption_metric
