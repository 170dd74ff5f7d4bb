-- The stored lines of a closing in one pricing view, in pages.
SELECT
  statement.domain_id, statement.application_id, dim_application.application_label, statement.original_month,
  statement.cost, statement.rounded_cost, statement.currency, statement.line_count, statement.unpriced_count
FROM statement
LEFT JOIN dim_application USING (application_id)
WHERE statement.period_month = %(month)s
  AND statement.close_number = %(number)s
  AND statement.pricing_view_id = %(view)s
  AND (%(domain)s::TEXT IS NULL OR statement.domain_id = %(domain)s)
  AND (%(application)s::TEXT IS NULL OR statement.application_id = %(application)s)
  AND (%(after_domain)s::TEXT IS NULL
       OR (statement.domain_id, statement.application_id COLLATE "C", statement.original_month)
          > (%(after_domain)s, %(after_application)s COLLATE "C", %(after_month)s::DATE))
ORDER BY statement.domain_id, statement.application_id COLLATE "C", statement.original_month
LIMIT %(limit)s
