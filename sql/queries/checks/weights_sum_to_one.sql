-- The weights of every INDIRECT slice sum to exactly 1
WITH published AS (
  SELECT DISTINCT ledger.domain_id
  FROM slice_version AS ledger
  JOIN dim_domain USING (domain_id)
  WHERE ledger.period_month = %(month)s AND dim_domain.domain_mode = 'INDIRECT'
)
SELECT published.domain_id, coalesce(sum(fact.quantity), 0) AS weight_sum, count(fact.application_id) AS line_count
FROM published
LEFT JOIN fact_consumption AS fact
  ON fact.period_month = %(month)s AND fact.domain_id = published.domain_id
GROUP BY published.domain_id
HAVING coalesce(sum(fact.quantity), 0) <> 1
ORDER BY published.domain_id
