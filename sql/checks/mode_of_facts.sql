-- Every fact has the mode of its domain, and every product one metric, in archived facts too
SELECT fact.period_month, fact.domain_id, fact.product_id, fact.consumption_type, fact.consumption_metric
FROM fact_consumption AS fact
JOIN dim_domain USING (domain_id)
LEFT JOIN dim_product
  ON dim_product.domain_id = fact.domain_id AND dim_product.product_id = fact.product_id
WHERE fact.consumption_type <> dim_domain.domain_mode
  OR fact.consumption_metric <> dim_product.consumption_metric
UNION ALL
SELECT kept.period_month, kept.domain_id, kept.product_id, NULL, kept.consumption_metric
FROM fact_archive AS kept
JOIN dim_domain USING (domain_id)
LEFT JOIN dim_product
  ON dim_product.domain_id = kept.domain_id AND dim_product.product_id = kept.product_id
WHERE (dim_domain.domain_mode = 'DIRECT') <> (kept.product_id IS NOT NULL)
  OR kept.consumption_metric <> dim_product.consumption_metric
