-- No fact lies in a month before its domain is available
SELECT fact.period_month, fact.domain_id, count(*) AS line_count
FROM fact_consumption AS fact
JOIN dim_domain USING (domain_id)
WHERE fact.period_month < dim_domain.available_from
GROUP BY fact.period_month, fact.domain_id
