-- Months of the ledger are known, known months hold slices or late data, slices have a leaf, closed months an act
SELECT period_month, ledger.domain_id, 'the month is unknown' AS problem
FROM (SELECT DISTINCT period_month, domain_id FROM slice_version) AS ledger
LEFT JOIN period USING (period_month)
WHERE period.period_month IS NULL
UNION ALL
SELECT period_month, NULL, 'the month has no partition'
FROM period
WHERE to_regclass(format('finops.fact_%s', to_char(period_month, 'YYYY_MM'))) IS NULL
  -- late data makes the month known that it is booked in
  AND NOT EXISTS (SELECT FROM adjustment WHERE adjustment.period_month = period.period_month)
UNION ALL
SELECT period_month, domain_id, 'the slice has no leaf'
FROM (SELECT DISTINCT period_month, domain_id FROM slice_version) AS ledger
WHERE to_regclass(format('finops.%I', leaf_name(period_month, domain_id))) IS NULL
UNION ALL
SELECT period_month, NULL, 'no act has closed the month'
FROM period
WHERE status = 'CLOSED'
  AND NOT EXISTS (
    SELECT FROM audit_log AS act
    WHERE act.relation = 'period' AND act.act = 'CLOSE' AND act.key = jsonb_build_object('period_month', period_month)
  )
