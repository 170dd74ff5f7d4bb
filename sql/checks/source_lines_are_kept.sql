-- Every version has the source lines it was published with, every chunk of them as its hash says
WITH kept AS (
  SELECT period_month, domain_id, version, count(*) AS chunks, max(chunk) AS last_chunk,
    count(*) FILTER (WHERE sha256(lines) <> sha256) AS altered
  FROM slice_lines
  GROUP BY period_month, domain_id, version
),
-- lines are kept since this migration; before it, a version has none
since AS (
  SELECT applied_at FROM schema_migration WHERE name LIKE '%\_slice\_lines.sql'
)
SELECT period_month, domain_id, version, kept.chunks, kept.last_chunk, kept.altered
FROM slice_version
JOIN dim_domain USING (domain_id)
LEFT JOIN kept USING (period_month, domain_id, version)
WHERE kept.altered > 0
  OR kept.chunks <> kept.last_chunk
  OR (kept.chunks IS NULL AND domain_mode = 'DIRECT' AND published_at > (SELECT applied_at FROM since))
UNION ALL
SELECT kept.period_month, kept.domain_id, kept.version, kept.chunks, kept.last_chunk, kept.altered
FROM kept
WHERE NOT EXISTS (
  SELECT FROM slice_version AS ledger
  WHERE (ledger.period_month, ledger.domain_id, ledger.version) = (kept.period_month, kept.domain_id, kept.version)
)
