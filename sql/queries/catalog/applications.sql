-- One page of the applications, by id, with the state they are in.
SELECT
  known.application_id, known.application_label, known.owner, application_state(known) AS state, known.held_by,
  known.described_by, known.is_inferred, known.created_at
FROM dim_application AS known
WHERE (%(application)s::TEXT IS NULL OR known.application_id = %(application)s)
  AND (%(state)s::TEXT IS NULL OR application_state(known) = %(state)s)
  AND (%(after)s::TEXT IS NULL OR known.application_id > %(after)s)
ORDER BY known.application_id
LIMIT %(limit)s
