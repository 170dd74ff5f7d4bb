-- Lines of an application that stand in the slice because a person let them in, by the decision its last run knew of
WITH last_run AS (
  SELECT max(started_at) AS started_at
  FROM slice_run
  WHERE period_month = %(month)s AND domain_id = %(domain)s AND outcome IN ('LOADED', 'UNCHANGED')
),
latest AS (
  SELECT DISTINCT ON (line_key) quarantine_id, line_key, source_line, is_landed
  FROM quarantine_line
  WHERE period_month = %(month)s AND domain_id = %(domain)s
  ORDER BY line_key, quarantine_id DESC
),
known AS (
  SELECT DISTINCT ON (line_key) line_key, verdict, coalesce(correction, '{}') AS correction, decided_by, decision_reason
  FROM quarantine_decision
  WHERE period_month = %(month)s AND domain_id = %(domain)s AND decided_at < (SELECT started_at FROM last_run)
  ORDER BY line_key, decision_id DESC
)
SELECT
  latest.quarantine_id, coalesce(known.correction ->> 'product_id', latest.source_line ->> 'product_id') AS product_id,
  known.verdict, known.decided_by AS person, known.decision_reason AS reason
FROM latest
JOIN known USING (line_key)
WHERE latest.is_landed
  AND coalesce(known.correction ->> 'application_id', latest.source_line ->> 'application_id') = %(application)s
ORDER BY latest.quarantine_id
