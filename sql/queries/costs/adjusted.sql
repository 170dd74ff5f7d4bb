-- Late data of closed months that is booked in these months.
SELECT
  sum(amount) AS cost,
  count(*) AS line_count,
  count(*) FILTER (WHERE amount IS NULL) AS unpriced_count
FROM adjustment_line
WHERE pricing_view_id = %(view)s
  AND period_month BETWEEN %(first)s AND %(last)s
  AND (%(domains)s::TEXT[] IS NULL OR domain_id = ANY(%(domains)s::TEXT[]))
  AND (%(applications)s::TEXT[] IS NULL OR application_id = ANY(%(applications)s::TEXT[]))
