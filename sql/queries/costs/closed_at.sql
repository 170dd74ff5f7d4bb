-- When each closed month was signed last.
SELECT period.period_month, max(period_close.acted_at) AS closed_at
FROM period
JOIN period_close ON period_close.period_month = period.period_month AND period_close.act = 'CLOSE'
WHERE period.status = 'CLOSED' AND period.period_month BETWEEN %(first)s AND %(last)s
GROUP BY period.period_month
