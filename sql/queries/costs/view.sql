-- The pricing view asked for, or the default one; and what the marts show in it. No row: there is no such view.
SELECT
  chosen.pricing_view_id,
  chosen.pricing_view_label,
  chosen.currency,
  chosen.kind,
  chosen.is_default,
  mart_state.refreshed_at,
  (SELECT max(mart.period_month) FROM mv_cost_domain_month AS mart) AS last_month
FROM mart_state
CROSS JOIN pricing_view AS chosen
WHERE NOT chosen.is_draft
  AND CASE WHEN %(view)s::TEXT IS NULL THEN chosen.is_default ELSE chosen.pricing_view_id = %(view)s END
