UPDATE dim_application
SET application_label = coalesce(%(label)s, application_label),
    owner = CASE WHEN %(changes_owner)s THEN %(owner)s::TEXT ELSE owner END,
    described_by = %(person)s
WHERE application_id = %(application)s
