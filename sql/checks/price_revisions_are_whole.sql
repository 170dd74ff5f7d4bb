-- Price revisions count up from 1 without a gap, and only INDIRECT amounts are negative
WITH counted AS (
  SELECT pricing_view_id, domain_id, product_id, effective_from, count(*) AS revisions, max(revision) AS last_revision
  FROM unit_price
  GROUP BY pricing_view_id, domain_id, product_id, effective_from
)
SELECT pricing_view_id, domain_id, product_id, effective_from, 'revisions' AS problem
FROM counted
WHERE revisions <> last_revision
UNION ALL
SELECT pricing_view_id, domain_id, product_id, effective_from, 'negative'
FROM unit_price
JOIN dim_domain USING (domain_id)
WHERE domain_mode = 'DIRECT' AND unit_price < 0
