-- What a domain's activation checklist is judged by. One row.
WITH default_view AS (SELECT pricing_view_id FROM pricing_view WHERE is_default)
SELECT
  (SELECT count(DISTINCT period_month) FROM slice_version WHERE domain_id = %(domain)s) AS published_months,
  (SELECT count(*) FROM stale_slices() WHERE domain_id = %(domain)s) AS stale_months,
  (SELECT pricing_view_id FROM default_view) AS pricing_view_id,
  EXISTS (SELECT FROM unit_price JOIN default_view USING (pricing_view_id) WHERE domain_id = %(domain)s) AS has_price,
  (
    SELECT coalesce(array_agg(DISTINCT rollup_row.period_month ORDER BY rollup_row.period_month), '{}')
    FROM cost_family_month AS rollup_row
    JOIN default_view USING (pricing_view_id)
    WHERE rollup_row.domain_id = %(domain)s AND rollup_row.unpriced_count > 0
  ) AS unpriced_months
