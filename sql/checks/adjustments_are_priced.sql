-- Every adjustment has an amount in some view, and one priced by quantity is its quantity × the price it names
SELECT adjustment_id, period_month, original_month, domain_id, pricing_view_id, amount
FROM adjustment
LEFT JOIN adjustment_amount AS money USING (adjustment_id, period_month)
LEFT JOIN unit_price AS price USING (domain_id, pricing_view_id, price_id)
WHERE money.adjustment_id IS NULL
  OR (money.price_id IS NOT NULL AND (
    price.price_id IS NULL
    OR price.unit_price <> money.unit_price
    OR money.amount IS DISTINCT FROM adjustment.quantity * money.unit_price
    OR price.effective_from > adjustment.original_month))
