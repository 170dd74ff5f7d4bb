SELECT
  adjustment_id, period_month, original_month, domain_id, application_id, product_id, quantity, pricing_view_id,
  amount, currency, person, reason, booked_at
FROM adjustment
LEFT JOIN adjustment_amount USING (adjustment_id, period_month)
LEFT JOIN pricing_view USING (pricing_view_id)
WHERE %(month)s::DATE IS NULL OR %(month)s IN (period_month, original_month)
ORDER BY adjustment_id, pricing_view_id
