-- No publication is left open, and no attempt claims a version the ledger lacks
SELECT run_id, period_month, domain_id, outcome
FROM slice_run
WHERE outcome IN ('LOADED', 'EMPTY')
  AND NOT EXISTS (
    SELECT FROM slice_version
    WHERE (slice_version.period_month, slice_version.domain_id) = (slice_run.period_month, slice_run.domain_id)
  )
