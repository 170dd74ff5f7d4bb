SELECT count(*) AS line_count, sum(amount) AS amount
FROM adjustment
LEFT JOIN adjustment_amount
  ON adjustment_amount.adjustment_id = adjustment.adjustment_id AND adjustment_amount.pricing_view_id = %(view)s
WHERE adjustment.period_month = %(month)s
