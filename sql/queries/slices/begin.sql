INSERT INTO slice_run (run_id, period_month, domain_id, outcome)
VALUES (%(run)s, %(month)s, %(domain)s, 'RUNNING')
ON CONFLICT (run_id, period_month, domain_id)
DO UPDATE SET outcome = 'RUNNING', reason = NULL, started_at = clock_timestamp(), ended_at = NULL
