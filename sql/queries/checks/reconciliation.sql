-- Every invoice recorded for the month is explained but for the tolerance
SELECT domain_id, pricing_view_id, currency, invoice, variance
FROM invoices_off(%(month)s, %(tolerated_amount)s, %(tolerated_share)s)
