SELECT application_label AS label FROM dim_application WHERE application_id = %(id)s
