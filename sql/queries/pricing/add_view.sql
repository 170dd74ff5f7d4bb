-- A view that is there keeps its state: a draft ends by being published, not by a file.
INSERT INTO pricing_view (
  pricing_view_id, pricing_view_label, currency, kind, is_default, focus_cost, is_draft, based_on
)
VALUES (
  %(pricing_view_id)s, %(pricing_view_label)s, %(currency)s, %(kind)s, %(is_default)s, %(focus_cost)s,
  coalesce(%(is_draft)s, FALSE), %(based_on)s
)
ON CONFLICT (pricing_view_id) DO UPDATE
SET pricing_view_label = excluded.pricing_view_label,
    currency = excluded.currency,
    kind = excluded.kind,
    is_default = excluded.is_default,
    focus_cost = excluded.focus_cost,
    based_on = CASE WHEN pricing_view.is_draft THEN excluded.based_on END
