SELECT application_id, product_id, family_id, quantity, consumption_metric
FROM slice_lines(%(month)s, %(domain)s, %(version)s)
