SELECT blocker, domain_id, subject, line_count
FROM close_blockers(%(month)s, %(current_month)s, %(tolerated_amount)s, %(tolerated_share)s)
