-- Lines and prices of every statement are, domain by domain, those that a closing signed
WITH stored AS (
  SELECT period_month, close_number, domain_id FROM statement
  UNION
  SELECT period_month, close_number, domain_id FROM statement_price
),
signed AS (
  SELECT period_month, close_number FROM period_close WHERE act = 'CLOSE'
)
SELECT period_month, close_number, domain_id
FROM stored
FULL JOIN statement_seal AS sealed USING (period_month, close_number, domain_id)
WHERE (period_month, close_number) NOT IN (SELECT signed.period_month, signed.close_number FROM signed)
  OR sealed.statement_sha256 IS DISTINCT FROM statement_hash(period_month, close_number, domain_id)
  OR sealed.prices_sha256 IS DISTINCT FROM statement_prices_hash(period_month, close_number, domain_id)
