SELECT family_label AS label FROM dim_family WHERE domain_id = %(domain)s AND family_id = %(id)s
