-- Every line has its domain's mode, the grain of that mode, its product's metric and members that exist
WITH line AS (
  SELECT
    fact.*,
    dim_domain.domain_mode,
    dim_domain.available_from,
    dim_product.consumption_metric AS product_metric,
    dim_application.application_id AS member
  FROM fact_consumption AS fact
  LEFT JOIN dim_domain USING (domain_id)
  LEFT JOIN dim_product
    ON dim_product.domain_id = fact.domain_id AND dim_product.product_id = fact.product_id
  LEFT JOIN dim_application
    ON dim_application.application_id = fact.application_id
  WHERE fact.period_month = %(month)s
),
judged AS (
  SELECT
    domain_id, application_id, product_id, quantity,
    CASE
      WHEN domain_mode IS NULL THEN 'the domain does not exist'
      WHEN consumption_type <> domain_mode THEN 'the line is not of its domain''s mode'
      WHEN member IS NULL THEN 'the application does not exist'
      WHEN period_month < available_from THEN 'the month is before the domain''s first one'
      WHEN domain_mode = 'DIRECT' AND (product_id IS NULL OR family_id IS NULL) THEN 'product or family is missing'
      WHEN domain_mode = 'DIRECT' AND product_metric IS NULL THEN 'the product does not exist'
      WHEN domain_mode = 'DIRECT' AND consumption_metric <> product_metric THEN 'the metric is not the product''s'
      WHEN domain_mode = 'INDIRECT' AND (product_id IS NOT NULL OR family_id IS NOT NULL) THEN 'a weight has no product'
      WHEN domain_mode = 'INDIRECT' AND quantity NOT BETWEEN 0 AND 1 THEN 'a weight is between 0 and 1'
    END AS problem
  FROM line
)
SELECT domain_id, application_id, product_id, quantity, problem
FROM judged
WHERE problem IS NOT NULL
UNION ALL
SELECT domain_id, application_id, product_id, sum(quantity), 'stands ' || count(*) || ' times'
FROM line
GROUP BY domain_id, application_id, product_id
HAVING count(*) > 1
ORDER BY domain_id, application_id, product_id
