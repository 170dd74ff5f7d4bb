-- Offered metrics that are not the member's; of a product that is no member yet, not the first one offered.
SELECT product_id, consumption_metric, metric
FROM (
  SELECT
    found.product_id,
    coalesce(
      dim_product.consumption_metric, first_value(found.metric) OVER (PARTITION BY found.product_id ORDER BY found.place)
    ) AS consumption_metric,
    found.metric
  FROM unnest(%(ids)s::TEXT[], %(metrics)s::TEXT[]) WITH ORDINALITY AS found (product_id, metric, place)
  LEFT JOIN dim_product ON dim_product.domain_id = %(domain)s AND dim_product.product_id = found.product_id
) AS offered
WHERE consumption_metric <> metric
ORDER BY product_id
