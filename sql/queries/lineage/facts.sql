-- An application's facts in one version of a slice, with the price of each in a view; without a view, without price
WITH line AS (
  SELECT application_id, product_id, product_label_snapshot, family_id, quantity, consumption_metric
  FROM fact_consumption
  WHERE application_id = %(application)s AND period_month = %(month)s AND domain_id = %(domain)s AND %(is_newest)s
  UNION ALL
  SELECT application_id, product_id, product_label_snapshot, family_id, quantity, consumption_metric
  FROM fact_archive
  WHERE application_id = %(application)s AND period_month = %(month)s AND domain_id = %(domain)s
    AND version = %(version)s AND NOT %(is_newest)s
),
in_force AS (
  SELECT product_id, price_id FROM prices_in_force(%(month)s, %(domain)s) WHERE pricing_view_id = %(view)s
)
SELECT
  line.product_id, line.product_label_snapshot AS product_label, line.family_id, line.quantity,
  line.consumption_metric AS metric, line.quantity * price.unit_price AS cost,
  price.unit_price, price.product_id AS priced_as, price.effective_from, price.revision, price.source_name,
  price.published_by, price.published_at
FROM line
LEFT JOIN in_force AS own ON own.product_id = line.product_id
LEFT JOIN in_force AS fallback ON fallback.product_id = '*'
LEFT JOIN unit_price AS price
  ON price.domain_id = %(domain)s AND price.price_id = coalesce(own.price_id, fallback.price_id)
WHERE (%(product)s::TEXT IS NULL OR line.product_id = %(product)s)
  AND (%(metric)s::TEXT IS NULL OR line.consumption_metric = %(metric)s)
ORDER BY abs(line.quantity * price.unit_price) DESC NULLS FIRST, line.quantity DESC, line.product_id COLLATE "C"
