-- The weights of every INDIRECT slice sum to exactly 1
SELECT period_month, domain_id, sum(quantity) AS weight_sum
FROM fact_consumption
WHERE consumption_type = 'INDIRECT'
GROUP BY period_month, domain_id
HAVING sum(quantity) <> 1
