-- Every product that is cited is described by a referential or a source
SELECT fact.domain_id, fact.product_id, count(*) AS line_count
FROM fact_consumption AS fact
JOIN dim_product
  ON dim_product.domain_id = fact.domain_id AND dim_product.product_id = fact.product_id
WHERE fact.period_month = %(month)s AND dim_product.is_inferred
GROUP BY fact.domain_id, fact.product_id
ORDER BY fact.domain_id, fact.product_id
