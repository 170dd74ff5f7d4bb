SELECT coalesce(max(decision_id), 0) AS decision_id
FROM quarantine_decision
WHERE period_month = %(month)s AND domain_id = %(domain)s
