SELECT domain_label AS label FROM dim_domain WHERE domain_id = %(id)s
