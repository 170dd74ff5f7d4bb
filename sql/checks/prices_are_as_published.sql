-- The prices of every recorded publication are those it published, and no price came by another way
WITH act AS (
  SELECT
    (key -> 'price_ids' ->> 0)::BIGINT AS first_id,
    (after ->> 'prices')::BIGINT AS prices,
    after ->> 'sha256' AS sha256,
    after -> 'domains' AS domain_ids,
    after ->> 'first_month' AS first_month
  FROM audit_log
  WHERE relation = 'unit_price' AND act = 'PUBLISH' AND key ? 'price_ids'
),
-- each price with the last publication that began at or before it
place AS (
  SELECT first_id AS price_id, TRUE AS is_start FROM act
  UNION ALL
  SELECT price_id, FALSE FROM unit_price
),
placed AS (
  SELECT price_id, is_start, max(price_id) FILTER (WHERE is_start) OVER (ORDER BY price_id, is_start DESC) AS first_id
  FROM place
),
found AS (
  SELECT
    placed.first_id,
    count(*) AS prices,
    encode(sha256(convert_to(string_agg(
      price_line(price_id, pricing_view_id, domain_id, product_id, effective_from, revision, unit_price, source_name,
                 published_at, published_by),
      '' ORDER BY price_id), 'UTF8')), 'hex') AS sha256
  FROM placed
  JOIN unit_price USING (price_id)
  WHERE NOT placed.is_start AND placed.first_id IS NOT NULL
  GROUP BY placed.first_id
)
SELECT act.first_id AS first_price_id, act.prices, found.prices AS found_prices, act.domain_ids, act.first_month
FROM act
LEFT JOIN found USING (first_id)
WHERE (act.prices, act.sha256) IS DISTINCT FROM (found.prices, found.sha256)
UNION ALL
SELECT NULL, 0, count(*), jsonb_agg(DISTINCT domain_id), min(effective_from)::TEXT
FROM placed
JOIN unit_price USING (price_id)
WHERE NOT placed.is_start AND placed.first_id IS NULL
HAVING count(*) > 0
