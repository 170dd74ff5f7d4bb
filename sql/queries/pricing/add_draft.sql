INSERT INTO pricing_view (
  pricing_view_id, pricing_view_label, currency, kind, is_default, focus_cost, is_draft, based_on
)
VALUES (
  %(pricing_view_id)s, %(pricing_view_label)s, %(currency)s, %(kind)s, %(is_default)s, %(focus_cost)s, %(is_draft)s,
  %(based_on)s
)
ON CONFLICT DO NOTHING
RETURNING pricing_view_id
