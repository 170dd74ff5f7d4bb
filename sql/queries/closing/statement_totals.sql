SELECT pricing_view_id, currency, sum(rounded_cost) AS rounded_cost, sum(unpriced_count)::BIGINT AS unpriced_count
FROM statement
WHERE period_month = %(month)s AND close_number = %(number)s
GROUP BY pricing_view_id, currency
ORDER BY pricing_view_id
