-- Seconds since an attempt on the domain last ended, whatever came of it.
SELECT
  domain_id AS domain,
  extract(EPOCH FROM clock_timestamp() - max(ended_at))::DOUBLE PRECISION AS value
FROM slice_run
WHERE ended_at IS NOT NULL
GROUP BY domain_id
ORDER BY domain_id
