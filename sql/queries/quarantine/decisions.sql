SELECT verdict, correction, decided_by, decided_at, decision_reason
FROM quarantine_decision
WHERE period_month = %(month)s AND domain_id = %(domain)s AND line_key = %(key)s
ORDER BY decision_id
