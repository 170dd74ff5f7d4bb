-- What two versions of a slice cost in every published view, both at the prices in force now: the totals, and the
-- applications whose cost or unpriced lines differ.
WITH in_force AS MATERIALIZED (
  SELECT pricing_view_id, product_id, unit_price FROM prices_in_force(%(month)s, %(domain)s)
),
side AS (
  SELECT FALSE AS is_newer, application_id, coalesce(product_id, '') AS product_key, quantity
  FROM slice_lines(%(month)s, %(domain)s, %(older)s)
  UNION ALL
  SELECT TRUE, application_id, coalesce(product_id, ''), quantity
  FROM slice_lines(%(month)s, %(domain)s, %(newer)s)
),
priced AS MATERIALIZED (
  SELECT
    pricing_view.pricing_view_id,
    pricing_view.currency,
    pricing_view.is_default,
    product.product_key,
    coalesce(own.unit_price, fallback.unit_price) AS unit_price
  FROM (SELECT DISTINCT product_key FROM side) AS product
  CROSS JOIN pricing_view
  LEFT JOIN in_force AS own
    ON own.pricing_view_id = pricing_view.pricing_view_id AND own.product_id = product.product_key
  LEFT JOIN in_force AS fallback
    ON fallback.pricing_view_id = pricing_view.pricing_view_id AND fallback.product_id = '*'
  WHERE NOT pricing_view.is_draft
),
cost AS (
  SELECT
    priced.pricing_view_id,
    priced.currency,
    priced.is_default,
    side.application_id,
    sum(side.quantity * priced.unit_price) FILTER (WHERE NOT side.is_newer) AS before,
    sum(side.quantity * priced.unit_price) FILTER (WHERE side.is_newer) AS after,
    count(*) FILTER (WHERE NOT side.is_newer AND priced.unit_price IS NULL) AS unpriced_before,
    count(*) FILTER (WHERE side.is_newer AND priced.unit_price IS NULL) AS unpriced_after
  FROM side
  JOIN priced USING (product_key)
  GROUP BY
    GROUPING SETS (
      (priced.pricing_view_id, priced.currency, priced.is_default, side.application_id),
      (priced.pricing_view_id, priced.currency, priced.is_default)
    )
)
SELECT pricing_view_id, currency, is_default, application_id, before, after, unpriced_before, unpriced_after
FROM cost
WHERE application_id IS NULL OR before IS DISTINCT FROM after OR unpriced_before <> unpriced_after
ORDER BY
  is_default DESC, pricing_view_id, abs(coalesce(after, 0) - coalesce(before, 0)) DESC, application_id COLLATE "C"
