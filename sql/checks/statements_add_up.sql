-- The rounded parts of every statement add up to its rounded total, each less than a minor unit from its cost
SELECT period_month, close_number, pricing_view_id, domain_id, sum(cost) AS cost, sum(rounded_cost) AS rounded_cost
FROM statement
GROUP BY period_month, close_number, pricing_view_id, domain_id
HAVING sum(rounded_cost) IS DISTINCT FROM round(sum(cost), min(decimals))
  OR max(abs(rounded_cost - cost) * 10::NUMERIC ^ decimals) >= 1
  OR min(decimals) <> max(decimals)
  OR bool_or(rounded_cost <> round(rounded_cost, decimals))
