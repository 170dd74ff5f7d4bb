SELECT period_month, domain_id, cost, unpriced_count, currency
FROM mv_history_trend
WHERE pricing_view_id = %(view)s AND period_month BETWEEN %(first)s AND %(last)s
ORDER BY period_month, domain_id
