-- Versions that have lines, each with its mode
SELECT DISTINCT period_month, domain_id, version, domain_mode
FROM slice_lines
JOIN dim_domain USING (domain_id)
WHERE row_count > 0
ORDER BY period_month, domain_id, version
