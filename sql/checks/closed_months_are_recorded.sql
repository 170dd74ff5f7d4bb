-- A month is closed if and only if its last act closed it, and no open month stands before a closed one
SELECT
  period.period_month, period.status,
  (SELECT act FROM period_close WHERE period_close.period_month = period.period_month
   ORDER BY close_number DESC, act DESC LIMIT 1) AS last_act
FROM period
WHERE (status = 'CLOSED') <> coalesce(
    (SELECT act = 'CLOSE' FROM period_close WHERE period_close.period_month = period.period_month
     ORDER BY close_number DESC, act DESC LIMIT 1), FALSE)
  OR (status = 'OPEN' AND EXISTS (
    SELECT FROM period AS later WHERE later.status = 'CLOSED' AND later.period_month > period.period_month))
