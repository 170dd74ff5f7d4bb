SELECT pricing_view_id, pricing_view_label, currency, kind, is_default, is_draft, focus_cost, based_on
FROM pricing_view
ORDER BY pricing_view_id
