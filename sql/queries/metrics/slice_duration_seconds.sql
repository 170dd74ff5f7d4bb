-- Seconds that the last attempt on the domain to end took, whatever came of it.
SELECT DISTINCT ON (domain_id)
  domain_id AS domain,
  extract(EPOCH FROM ended_at - started_at)::DOUBLE PRECISION AS value
FROM slice_run
WHERE ended_at IS NOT NULL
ORDER BY domain_id, ended_at DESC
