-- Lines without a price in the pricing view, as the marts show them.
SELECT pricing_view_id AS view, coalesce(sum(mart.unpriced_count), 0)::BIGINT AS value
FROM pricing_view
LEFT JOIN mv_cost_domain_month AS mart USING (pricing_view_id)
WHERE NOT pricing_view.is_draft
GROUP BY pricing_view_id
ORDER BY pricing_view_id
