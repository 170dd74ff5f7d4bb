UPDATE dim_application
SET is_active = %(is_active)s,
    held_by = %(person)s
WHERE application_id = %(application)s
