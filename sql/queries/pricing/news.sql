-- Which of the offered prices say something new, by place, and the first closed month that each would change.
SELECT (place - 1)::INTEGER AS place, closed_month_changed(domain_id, effective_from) AS closed_month
FROM new_prices(
  %(views)s::TEXT[], %(domains)s::TEXT[], %(products)s::TEXT[], %(months)s::DATE[], %(prices)s::NUMERIC[],
  %(sources)s::TEXT[], %(insists)s
)
ORDER BY place
