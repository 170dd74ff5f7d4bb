INSERT INTO dim_application (application_id, application_label, is_inferred)
SELECT application_id, coalesce(application_label, application_id), TRUE
FROM unnest(%(ids)s::TEXT[], %(labels)s::TEXT[]) AS found (application_id, application_label)
ORDER BY application_id
ON CONFLICT (application_id) DO NOTHING
