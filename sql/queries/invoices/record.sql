SELECT period_month, domain_id, pricing_view_id, revision, amount, currency, reference, recorded_by, recorded_at
FROM record_invoice(
  %(month)s, %(domain)s, %(view)s, %(amount)s, %(currency)s, %(reference)s, %(person)s
)
