-- Each line is joined to its product's two prices once, by a key that is never NULL.
WITH priced AS MATERIALIZED (
  SELECT period_month, domain_id, product_key, price_before, price_after
  FROM quantities_in_two_books(%(before)s, %(after)s, %(first)s, %(last)s, %(domains)s)
),
moved AS (
  SELECT
    line.application_id,
    sum(line.quantity * priced.price_before) AS before,
    sum(line.quantity * priced.price_after) AS after,
    count(*) AS line_count,
    count(*) FILTER (WHERE priced.price_before IS NULL) AS unpriced_before,
    count(*) FILTER (WHERE priced.price_after IS NULL) AS unpriced_after,
    sum(line.quantity * (priced.price_after - priced.price_before)) AS moved,
    sum(line.quantity * priced.price_before) FILTER (WHERE priced.price_after IS NULL) AS only_before,
    sum(line.quantity * priced.price_after) FILTER (WHERE priced.price_before IS NULL) AS only_after,
    count(*) FILTER (WHERE priced.price_before IS NOT NULL AND priced.price_after IS NULL) AS only_before_count,
    count(*) FILTER (WHERE priced.price_after IS NOT NULL AND priced.price_before IS NULL) AS only_after_count
  FROM fact_consumption AS line
  JOIN priced
    ON priced.period_month = line.period_month
    AND priced.domain_id = line.domain_id
    AND priced.product_key = coalesce(line.product_id, '')
  WHERE line.period_month BETWEEN %(first)s AND %(last)s
  GROUP BY line.application_id
)
SELECT
  moved.application_id AS key,
  dim_application.application_label AS label,
  NULL AS domain_id,
  moved.before,
  moved.after,
  moved.line_count,
  moved.unpriced_before,
  moved.unpriced_after,
  moved.moved,
  moved.only_before,
  moved.only_after,
  moved.only_before_count,
  moved.only_after_count
FROM moved
LEFT JOIN dim_application USING (application_id)
ORDER BY moved.application_id
