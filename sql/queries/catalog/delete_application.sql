DELETE FROM dim_application WHERE application_id = %(application)s
