-- What publishing a slice would meet: its domain, its month, and the version that stands.
SELECT
  dim_domain.available_from,
  (SELECT status FROM period WHERE period_month = %(month)s) AS month_status,
  -- a month that is not there yet is not made before a closed one
  NOT EXISTS (SELECT FROM period WHERE period_month = %(month)s)
    AND EXISTS (SELECT FROM period WHERE status = 'CLOSED' AND period_month > %(month)s) AS is_before_closed,
  newest.version,
  newest.content_sha256
FROM dim_domain
LEFT JOIN LATERAL (
  SELECT version, content_sha256
  FROM slice_version
  WHERE period_month = %(month)s AND domain_id = dim_domain.domain_id
  ORDER BY version DESC
  LIMIT 1
) AS newest ON TRUE
WHERE dim_domain.domain_id = %(domain)s
