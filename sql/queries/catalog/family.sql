SELECT family_label FROM dim_family WHERE domain_id = %(domain)s AND family_id = %(family)s
