-- Every application that is cited is in the referential
SELECT fact.application_id, string_agg(DISTINCT fact.domain_id, ', ') AS domains, count(*) AS line_count
FROM fact_consumption AS fact
JOIN dim_application
  ON dim_application.application_id = fact.application_id
WHERE fact.period_month = %(month)s AND dim_application.is_inferred
GROUP BY fact.application_id
ORDER BY fact.application_id
