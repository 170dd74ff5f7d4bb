-- Sources, drivers, details and labels of every version are those that it was sealed with
-- versions are sealed since this migration
WITH since AS (
  SELECT applied_at FROM schema_migration WHERE name LIKE '%\_seals.sql' AND NOT is_repeatable
)
SELECT period_month, domain_id, version, encode(sealed.lineage_sha256, 'hex') AS sealed
FROM slice_version AS ledger
FULL JOIN slice_seal AS sealed USING (period_month, domain_id, version)
WHERE ledger.version IS NULL
  OR sealed.lineage_sha256 <> slice_lineage_hash(period_month, domain_id, version)
  OR (sealed.lineage_sha256 IS NULL AND ledger.published_at > (SELECT applied_at FROM since))
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
