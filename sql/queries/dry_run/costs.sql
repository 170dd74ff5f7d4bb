-- What a slice costs as it stands and as it would stand, one row per published view. The prices are those in
-- force in the month; a bill's own prices come before them in what would stand, as publishing puts them there.
WITH in_force AS MATERIALIZED (
  SELECT pricing_view_id, product_id, unit_price FROM prices_in_force(%(month)s, %(domain)s)
),
bill AS (
  SELECT *
  FROM unnest(%(bill_views)s::TEXT[], %(bill_products)s::TEXT[], %(bill_prices)s::NUMERIC[])
    AS offered (pricing_view_id, product_id, unit_price)
),
side AS (
  SELECT FALSE AS is_after, coalesce(product_id, '') AS product_key, sum(quantity) AS quantity, count(*) AS line_count
  FROM fact_consumption
  WHERE period_month = %(month)s AND domain_id = %(domain)s
  GROUP BY product_id
  UNION ALL
  SELECT TRUE, product_key, quantity, line_count
  FROM unnest(%(products)s::TEXT[], %(quantities)s::NUMERIC[], %(line_counts)s::BIGINT[])
    AS offered (product_key, quantity, line_count)
),
priced AS (
  SELECT
    pricing_view.pricing_view_id,
    pricing_view.currency,
    pricing_view.is_default,
    side.is_after,
    side.line_count,
    side.quantity,
    coalesce(CASE WHEN side.is_after THEN bill.unit_price END, own.unit_price, fallback.unit_price) AS unit_price
  FROM pricing_view
  LEFT JOIN side ON TRUE
  LEFT JOIN bill
    ON bill.pricing_view_id = pricing_view.pricing_view_id AND bill.product_id = side.product_key
  LEFT JOIN in_force AS own
    ON own.pricing_view_id = pricing_view.pricing_view_id AND own.product_id = side.product_key
  LEFT JOIN in_force AS fallback
    ON fallback.pricing_view_id = pricing_view.pricing_view_id AND fallback.product_id = '*'
  WHERE NOT pricing_view.is_draft
)
SELECT
  pricing_view_id,
  currency,
  is_default,
  sum(quantity * unit_price) FILTER (WHERE NOT is_after) AS before,
  sum(quantity * unit_price) FILTER (WHERE is_after) AS after,
  coalesce(sum(line_count) FILTER (WHERE NOT is_after AND unit_price IS NULL), 0)::BIGINT AS unpriced_before,
  coalesce(sum(line_count) FILTER (WHERE is_after AND unit_price IS NULL), 0)::BIGINT AS unpriced_after
FROM priced
GROUP BY pricing_view_id, currency, is_default
ORDER BY is_default DESC, pricing_view_id
