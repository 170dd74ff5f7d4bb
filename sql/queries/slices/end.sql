UPDATE slice_run
SET outcome = %(outcome)s,
    reason = %(reason)s,
    row_count = %(rows)s,
    quarantined_count = %(quarantined)s,
    refused_count = %(refused)s,
    ended_at = clock_timestamp()
WHERE run_id = %(run)s AND period_month = %(month)s AND domain_id = %(domain)s
