-- Every enabled domain has its slice of the month, or the month is not over
SELECT known.domain_id, known.status, known.reason
FROM slice_status(%(current_month)s) AS known
JOIN dim_domain USING (domain_id)
WHERE known.period_month = %(month)s AND dim_domain.is_enabled AND known.status IN ('MISSING', 'FAILED')
ORDER BY known.domain_id
