SELECT period_month, domain_id, outcome, row_count
FROM slice_run
WHERE run_id = ANY(%(runs)s) AND outcome <> 'RUNNING'
ORDER BY ended_at
