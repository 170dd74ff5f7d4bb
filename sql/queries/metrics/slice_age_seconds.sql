-- Seconds since a version of any month of the domain was last published.
SELECT
  domain_id AS domain,
  extract(EPOCH FROM clock_timestamp() - max(published_at))::DOUBLE PRECISION AS value
FROM slice_version
GROUP BY domain_id
ORDER BY domain_id
