SELECT
  period_month, domain_id, status, version, row_count, run_id, reason, quarantined_count, changed_at
FROM slice_status(%(current_month)s)
WHERE period_month BETWEEN %(first)s AND %(last)s
ORDER BY period_month, domain_id
