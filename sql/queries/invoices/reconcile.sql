SELECT
  pricing_view_id, currency, domain_id, invoice, reference, allocated, unassigned, unallocated, adjusted, quarantined,
  variance, unpriced_count, quarantined_count, unvalued_count
FROM reconcile(%(month)s)
WHERE pricing_view_id = %(view)s
ORDER BY domain_id
