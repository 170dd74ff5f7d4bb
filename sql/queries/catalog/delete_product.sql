DELETE FROM dim_product WHERE domain_id = %(domain)s AND product_id = %(product)s
