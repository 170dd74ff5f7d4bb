-- The slices of a month, each in its newest version or the one asked for
WITH newest AS (
  SELECT domain_id, max(version) AS version
  FROM slice_version
  WHERE period_month = %(month)s AND (%(domain)s::TEXT IS NULL OR domain_id = %(domain)s)
  GROUP BY domain_id
)
SELECT
  ledger.period_month, ledger.domain_id, dim_domain.domain_label, dim_domain.domain_mode, ledger.version,
  newest.version AS newest_version, ledger.run_id, ledger.published_at
FROM newest
JOIN slice_version AS ledger
  ON ledger.period_month = %(month)s
  AND ledger.domain_id = newest.domain_id
  AND ledger.version = coalesce(%(version)s, newest.version)
JOIN dim_domain ON dim_domain.domain_id = ledger.domain_id
ORDER BY ledger.domain_id
