-- How each month stands, and each domain in it; a month without any domain has one row.
SELECT
  calendar.period_month,
  coalesce(period.status = 'CLOSED', FALSE) AS is_closed,
  known.domain_id,
  known.status,
  known.version,
  shown.version AS shown_version,
  outdated.domain_id IS NOT NULL AS is_outdated,
  known.reason,
  known.quarantined_count,
  known.changed_at
FROM (
  SELECT generate_series(%(earliest)s::TIMESTAMP, %(last)s, INTERVAL '1 month')::DATE AS period_month
) AS calendar
LEFT JOIN period ON period.period_month = calendar.period_month
LEFT JOIN slice_status(%(earliest)s, %(last)s, %(current)s) AS known ON known.period_month = calendar.period_month
LEFT JOIN mart_slice AS shown
  ON shown.period_month = calendar.period_month AND shown.domain_id = known.domain_id
LEFT JOIN (SELECT DISTINCT period_month, domain_id FROM outdated_slices()) AS outdated
  ON outdated.period_month = calendar.period_month AND outdated.domain_id = known.domain_id
ORDER BY calendar.period_month, known.domain_id
