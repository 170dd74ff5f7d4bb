-- Every view and draft, with how many lines it says of its own and when one was last written.
SELECT
  view.pricing_view_id, view.pricing_view_label, view.currency, view.kind, view.is_default, view.is_draft,
  view.based_on, own.line_count, own.last_at
FROM pricing_view AS view
LEFT JOIN LATERAL (
  SELECT count(*) AS line_count, max(written_at) AS last_at
  FROM (
    SELECT published_at AS written_at FROM unit_price WHERE unit_price.pricing_view_id = view.pricing_view_id
    UNION ALL
    SELECT drafted_at FROM draft_price WHERE draft_price.pricing_view_id = view.pricing_view_id
  ) AS line
) AS own ON TRUE
ORDER BY view.is_draft, view.pricing_view_id
