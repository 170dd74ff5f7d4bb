UPDATE dim_application
SET held_by = NULL,
    described_by = NULL
WHERE application_id = %(application)s AND (held_by IS NOT NULL OR described_by IS NOT NULL)
