SELECT product_label AS label FROM dim_product WHERE domain_id = %(domain)s AND product_id = %(id)s
