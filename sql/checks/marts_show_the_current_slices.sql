-- The marts show the current version and prices of every slice, and no slice that is gone
SELECT period_month, domain_id, 'stale' AS problem FROM stale_slices()
UNION ALL
SELECT shown.period_month, shown.domain_id, 'unknown to the ledger'
FROM mart_slice AS shown
LEFT JOIN slice_version AS ledger USING (period_month, domain_id, version)
WHERE ledger.version IS NULL
