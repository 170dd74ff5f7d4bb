-- Row count, sum, content hash and run of every slice are those of its last ledger entry
WITH newest AS (
  SELECT DISTINCT ON (period_month, domain_id) *
  FROM slice_version
  ORDER BY period_month, domain_id, version DESC
),
stored AS (
  SELECT
    period_month, domain_id, count(*) AS row_count, sum(quantity) AS sum_quantity,
    min(run_id::TEXT) AS first_run, max(run_id::TEXT) AS last_run
  FROM fact_consumption
  GROUP BY period_month, domain_id
)
SELECT
  period_month, domain_id, newest.version, newest.row_count, stored.row_count AS stored_rows,
  newest.sum_quantity, stored.sum_quantity AS stored_sum
FROM newest
FULL JOIN stored USING (period_month, domain_id)
WHERE newest.version IS NULL
  OR newest.row_count <> coalesce(stored.row_count, 0)
  OR newest.sum_quantity <> coalesce(stored.sum_quantity, 0)
  OR newest.content_sha256 <> slice_content_hash(period_month, domain_id)
  OR (stored.row_count > 0 AND (newest.run_id::TEXT, newest.run_id::TEXT) <> (stored.first_run, stored.last_run))
