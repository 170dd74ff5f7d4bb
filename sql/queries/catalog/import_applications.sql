-- A member that a person holds keeps its lifecycle.
INSERT INTO dim_application (application_id, application_label, owner)
SELECT application_id, application_label, owner
FROM unnest(%(ids)s::TEXT[], %(labels)s::TEXT[], %(owners)s::TEXT[]) AS listed (application_id, application_label, owner)
ORDER BY application_id
ON CONFLICT (application_id) DO UPDATE
SET application_label = excluded.application_label,
    owner = excluded.owner,
    is_active = dim_application.is_active OR dim_application.held_by IS NULL,
    is_inferred = FALSE
WHERE (dim_application.application_label, dim_application.owner, dim_application.is_active, dim_application.is_inferred)
  IS DISTINCT FROM
    (excluded.application_label, excluded.owner, dim_application.is_active OR dim_application.held_by IS NULL, FALSE)
