SELECT (max(period_month) + INTERVAL '1 month')::DATE AS month FROM period WHERE status = 'CLOSED'
