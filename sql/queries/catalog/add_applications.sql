-- Most are there already: they are left out first, which costs less than a conflict each. Thousands of names are sent in
-- binary, in half the time of text.
INSERT INTO dim_application (application_id, application_label, is_inferred)
SELECT application_id, coalesce(application_label, application_id), TRUE
FROM unnest(%(ids)b::TEXT[], %(labels)b::TEXT[]) AS found (application_id, application_label)
WHERE NOT EXISTS (SELECT FROM dim_application AS known WHERE known.application_id = found.application_id)
ORDER BY application_id
ON CONFLICT (application_id) DO NOTHING
