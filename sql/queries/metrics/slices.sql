-- Months of the domain in the status, of all the mart's months up to the current one.
WITH found AS (
  SELECT domain_id, status FROM slice_status(%(current_month)s)
)
SELECT listed.domain_id AS domain, known.status, count(found.status) AS value
FROM (SELECT DISTINCT domain_id FROM found) AS listed
CROSS JOIN (
  VALUES ('LOADED'), ('EMPTY_CONFIRMED'), ('EXPECTED'), ('MISSING'), ('FAILED'), ('NOT_AVAILABLE')
) AS known (status)
LEFT JOIN found ON found.domain_id = listed.domain_id AND found.status = known.status
GROUP BY listed.domain_id, known.status
ORDER BY listed.domain_id, known.status
