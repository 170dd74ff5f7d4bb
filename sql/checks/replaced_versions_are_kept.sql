-- Every replaced slice version is archived with as many lines and the same sum as the ledger says
WITH replaced AS (
  SELECT *
  FROM slice_version AS older
  WHERE EXISTS (
    SELECT FROM slice_version AS newer
    WHERE (newer.period_month, newer.domain_id) = (older.period_month, older.domain_id)
      AND newer.version > older.version
  )
),
kept AS (
  SELECT period_month, domain_id, version, count(*) AS row_count, sum(quantity) AS sum_quantity
  FROM fact_archive
  GROUP BY period_month, domain_id, version
)
SELECT period_month, domain_id, version, replaced.row_count, kept.row_count AS kept_rows
FROM replaced
FULL JOIN kept USING (period_month, domain_id, version)
WHERE replaced.version IS NULL
  OR replaced.row_count <> coalesce(kept.row_count, 0)
  OR replaced.sum_quantity <> coalesce(kept.sum_quantity, 0)
