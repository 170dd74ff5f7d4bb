-- No line waits in quarantine, for a decision or a run
SELECT domain_id, file_name, column_name, reason, count(*) AS line_count, min(line_number) AS first_line
FROM quarantine_line
WHERE period_month = %(month)s AND is_current AND decision IS NULL
GROUP BY domain_id, file_name, column_name, reason
ORDER BY domain_id, file_name, first_line
