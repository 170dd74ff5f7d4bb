SELECT domain_id, product_id FROM dim_product WHERE domain_id = ANY(%(domains)s)
