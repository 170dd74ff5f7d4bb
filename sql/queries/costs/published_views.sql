SELECT pricing_view_id FROM pricing_view WHERE NOT is_draft ORDER BY pricing_view_id
