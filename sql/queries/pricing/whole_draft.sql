-- All that a draft says, its base's prices included. A closed month takes no new price, not even in a new view:
-- what the base says up to the last one begins with the month after it, and its closed amounts are left out.
SELECT DISTINCT ON (domain_id, product_id, begins)
  domain_id, product_id, begins AS effective_from, unit_price, source_name, source_line
FROM (
  SELECT
    book.*,
    CASE WHEN NOT book.is_drafted AND domain_mode = 'DIRECT'
      THEN greatest(book.effective_from, (last_closed.month + INTERVAL '1 month')::DATE)
      ELSE book.effective_from
    END AS begins
  FROM price_book(%(draft)s) AS book
  JOIN dim_domain USING (domain_id)
  CROSS JOIN (SELECT max(period_month) AS month FROM period WHERE status = 'CLOSED') AS last_closed
  WHERE book.is_drafted OR domain_mode = 'DIRECT' OR closed_month_changed(domain_id, book.effective_from) IS NULL
) AS line
ORDER BY domain_id, product_id, begins, line.effective_from DESC
