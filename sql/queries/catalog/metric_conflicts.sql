SELECT dim_product.product_id, dim_product.consumption_metric, found.metric
FROM unnest(%(ids)s::TEXT[], %(metrics)s::TEXT[]) AS found (product_id, metric)
JOIN dim_product ON dim_product.domain_id = %(domain)s AND dim_product.product_id = found.product_id
WHERE dim_product.consumption_metric <> found.metric
ORDER BY dim_product.product_id
