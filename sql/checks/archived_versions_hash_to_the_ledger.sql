-- The archived lines of every replaced slice version hash to its ledger entry, and are of its run
WITH replaced AS (
  SELECT *
  FROM (
    SELECT *, max(version) OVER (PARTITION BY period_month, domain_id) AS last_version
    FROM slice_version
  ) AS ledger
  WHERE version < last_version
)
SELECT period_month, domain_id, version, row_count
FROM replaced
WHERE content_sha256 <> slice_version_hash(period_month, domain_id, version)
  OR EXISTS (
    SELECT
    FROM fact_archive AS kept
    WHERE (kept.period_month, kept.domain_id, kept.version)
        = (replaced.period_month, replaced.domain_id, replaced.version)
      AND kept.run_id <> replaced.run_id
  )
