SELECT period_month, domain_id, pricing_view_id, revision, amount, currency, reference, recorded_by, recorded_at
FROM invoice
WHERE %(month)s::DATE IS NULL OR period_month = %(month)s
ORDER BY period_month, domain_id, pricing_view_id, revision
