-- Ledger versions of a slice follow one another without a gap, each bound to the one before by its hash
WITH chained AS (
  SELECT
    *,
    lag(version, 1, 0) OVER slice AS before_version,
    lag(entry_sha256) OVER slice AS before_sha256
  FROM slice_version
  WINDOW slice AS (PARTITION BY period_month, domain_id ORDER BY version)
)
SELECT period_month, domain_id, version
FROM chained
WHERE version <> before_version + 1
  OR previous_sha256 IS DISTINCT FROM before_sha256
  OR entry_sha256 <> entry_hash(previous_sha256, period_month, domain_id, version, run_id, row_count, sum_quantity,
                                content_sha256, source_sha256)
