-- What lines of a closing come to in one pricing view.
SELECT
  sum(cost) AS cost, sum(rounded_cost) AS rounded_cost, coalesce(sum(line_count), 0)::BIGINT AS line_count,
  coalesce(sum(unpriced_count), 0)::BIGINT AS unpriced_count, count(*) AS entry_count
FROM statement
WHERE period_month = %(month)s
  AND close_number = %(number)s
  AND pricing_view_id = %(view)s
  AND (%(domain)s::TEXT IS NULL OR domain_id = %(domain)s)
  AND (%(application)s::TEXT IS NULL OR application_id = %(application)s)
