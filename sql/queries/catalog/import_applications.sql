-- A member that a person holds keeps its lifecycle, one that he describes its label and owner.
WITH earlier AS (
  SELECT application_id, is_active FROM dim_application
),
written AS (
  INSERT INTO dim_application AS known (application_id, application_label, owner)
  SELECT application_id, application_label, owner
  FROM unnest(%(ids)s::TEXT[], %(labels)s::TEXT[], %(owners)s::TEXT[])
    AS listed (application_id, application_label, owner)
  ORDER BY application_id
  ON CONFLICT (application_id) DO UPDATE
  SET application_label = CASE WHEN known.described_by IS NULL THEN excluded.application_label ELSE known.application_label END,
      owner = CASE WHEN known.described_by IS NULL THEN excluded.owner ELSE known.owner END,
      is_active = known.is_active OR known.held_by IS NULL,
      is_inferred = FALSE
  WHERE (known.application_label, known.owner) IS DISTINCT FROM (excluded.application_label, excluded.owner)
      AND known.described_by IS NULL
    OR NOT known.is_active AND known.held_by IS NULL
    OR known.is_inferred
  RETURNING known.application_id, known.is_active
)
SELECT earlier.application_id IS NULL AS is_new, NOT earlier.is_active AND written.is_active AS is_returned
FROM written
LEFT JOIN earlier USING (application_id)
