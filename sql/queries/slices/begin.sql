INSERT INTO slice_run (run_id, period_month, domain_id, outcome, reason)
VALUES (%(run)s, %(month)s, %(domain)s, 'RUNNING', %(reason)s)
ON CONFLICT (run_id, period_month, domain_id)
DO UPDATE SET outcome = 'RUNNING', reason = excluded.reason, started_at = clock_timestamp(), ended_at = NULL
