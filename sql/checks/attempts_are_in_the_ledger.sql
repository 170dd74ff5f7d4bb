-- Every attempt that ended with a version, or found one unchanged, has it in the ledger, with as many lines
SELECT attempt.run_id, attempt.period_month, attempt.domain_id, attempt.outcome, attempt.row_count
FROM slice_run AS attempt
WHERE attempt.outcome IN ('LOADED', 'EMPTY', 'UNCHANGED')
  AND NOT EXISTS (
    SELECT FROM slice_version AS ledger
    WHERE ledger.period_month = attempt.period_month
      AND ledger.domain_id = attempt.domain_id
      AND ledger.row_count = coalesce(attempt.row_count, ledger.row_count)
      AND CASE attempt.outcome
        WHEN 'UNCHANGED' THEN TRUE
        WHEN 'EMPTY' THEN ledger.run_id = attempt.run_id AND ledger.row_count = 0
        ELSE ledger.run_id = attempt.run_id AND ledger.row_count > 0
      END
  )
