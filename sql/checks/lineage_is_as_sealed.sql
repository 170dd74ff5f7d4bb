-- Sources, drivers, details and labels of every version are those that it was sealed with
WITH last_seal AS (
  SELECT DISTINCT ON (period_month, domain_id, version)
    period_month, domain_id, version, seal, lineage_sha256,
    count(*) OVER (PARTITION BY period_month, domain_id, version) AS seals
  FROM slice_seal
  ORDER BY period_month, domain_id, version, seal DESC
),
-- versions are sealed since this migration
since AS (
  SELECT applied_at FROM schema_migration WHERE name LIKE '%\_seals.sql' AND NOT is_repeatable
)
SELECT period_month, domain_id, version, last_seal.seal
FROM slice_version AS ledger
FULL JOIN last_seal USING (period_month, domain_id, version)
WHERE ledger.version IS NULL
  OR last_seal.seals <> last_seal.seal
  OR last_seal.lineage_sha256 <> slice_lineage_hash(period_month, domain_id, version)
  OR (last_seal.seal IS NULL AND ledger.published_at > (SELECT applied_at FROM since))
UNION ALL
SELECT period_month, domain_id, version, NULL
FROM (
  SELECT period_month, domain_id, version FROM slice_source
  UNION
  SELECT period_month, domain_id, version FROM slice_driver
  UNION
  SELECT period_month, domain_id, version FROM allocation_detail
  UNION
  SELECT period_month, domain_id, version FROM allocation_component
) AS told
WHERE NOT EXISTS (
  SELECT FROM slice_version AS ledger
  WHERE (ledger.period_month, ledger.domain_id, ledger.version) = (told.period_month, told.domain_id, told.version)
)
