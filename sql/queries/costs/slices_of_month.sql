-- The domains of a month: what is known of each, and what it came to in a view.
SELECT
  known.domain_id,
  dim_domain.domain_label,
  dim_domain.domain_mode,
  dim_domain.is_enabled,
  known.status AS state,
  known.version,
  shown.version AS shown_version,
  known.run_id,
  known.row_count,
  known.reason,
  known.quarantined_count,
  known.changed_at,
  total.cost,
  coalesce(total.line_count, 0) AS line_count,
  coalesce(total.unpriced_count, 0) AS unpriced_count
FROM slice_status(%(month)s, %(month)s, %(current)s) AS known
JOIN dim_domain ON dim_domain.domain_id = known.domain_id
LEFT JOIN mart_slice AS shown ON shown.period_month = known.period_month AND shown.domain_id = known.domain_id
LEFT JOIN mv_cost_domain_month AS total
  ON total.period_month = known.period_month AND total.domain_id = known.domain_id AND total.pricing_view_id = %(view)s
ORDER BY known.domain_id
