-- There is at most one default pricing view, and it is no draft
SELECT pricing_view_id
FROM pricing_view
WHERE is_default AND (is_draft OR (SELECT count(*) FROM pricing_view WHERE is_default) > 1)
