-- What a product was called when its month was computed: a page that names products of then does not read facts.

ALTER TABLE cost_product_month ADD COLUMN product_label TEXT;

UPDATE cost_product_month AS mart
SET product_label = shown.product_label
FROM (
  SELECT period_month, domain_id, product_id, family_id, max(product_label_snapshot COLLATE "C") AS product_label
  FROM (
    SELECT fact.period_month, fact.domain_id, fact.product_id, fact.family_id, fact.product_label_snapshot
    FROM fact_consumption AS fact
    JOIN mart_slice AS shown USING (period_month, domain_id)
    WHERE NOT EXISTS (
      SELECT
      FROM slice_version AS later
      WHERE later.period_month = shown.period_month
        AND later.domain_id = shown.domain_id
        AND later.version > shown.version
    )
    UNION ALL
    SELECT kept.period_month, kept.domain_id, kept.product_id, kept.family_id, kept.product_label_snapshot
    FROM fact_archive AS kept
    JOIN mart_slice USING (period_month, domain_id, version)
  ) AS line
  GROUP BY period_month, domain_id, product_id, family_id
) AS shown
WHERE mart.period_month = shown.period_month
  AND mart.domain_id = shown.domain_id
  AND mart.product_id = shown.product_id
  AND mart.family_id = shown.family_id;
