SELECT period_month, domain_id FROM stale_slices()
