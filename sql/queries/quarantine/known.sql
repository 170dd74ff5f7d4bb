-- Lines of the slice that were ever set aside, each with the decision in force.
SELECT latest.line_key, latest.source_line, act.verdict, act.correction
FROM quarantine_latest(%(month)s, %(domain)s) AS latest
LEFT JOIN quarantine_in_force(%(month)s, %(domain)s) AS act USING (line_key)
