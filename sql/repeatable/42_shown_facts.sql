-- The facts that the marts show. Between a publication and the refresh of its slice, facts are newer than the marts:
-- then the version that the marts show is in the archive. A cost by application and product is this quantity times
-- the unit price of its line in cost_product_month, so it adds up with every mart of the same snapshot.
CREATE OR REPLACE VIEW shown_fact AS
SELECT
  fact.period_month, fact.domain_id, fact.family_id, fact.product_id, fact.application_id, fact.quantity,
  fact.consumption_metric, fact.product_label_snapshot
FROM fact_consumption AS fact
JOIN (
  SELECT shown.period_month, shown.domain_id
  FROM mart_slice AS shown
  WHERE NOT EXISTS (
    SELECT
    FROM slice_version AS later
    WHERE later.period_month = shown.period_month
      AND later.domain_id = shown.domain_id
      AND later.version > shown.version
  )
) AS newest ON newest.period_month = fact.period_month AND newest.domain_id = fact.domain_id
UNION ALL
SELECT
  kept.period_month, kept.domain_id, kept.family_id, kept.product_id, kept.application_id, kept.quantity,
  kept.consumption_metric, kept.product_label_snapshot
FROM fact_archive AS kept
JOIN mart_slice AS shown
  ON shown.period_month = kept.period_month AND shown.domain_id = kept.domain_id AND shown.version = kept.version;
COMMENT ON VIEW shown_fact IS 'The lines of the slice versions that the marts show';

-- Late data in every published view; without an amount where nobody gave one.
CREATE OR REPLACE VIEW adjustment_line AS
SELECT
  adjustment.adjustment_id, adjustment.period_month, adjustment.original_month, adjustment.domain_id,
  adjustment.application_id, adjustment.product_id, adjustment.quantity, pricing_view.pricing_view_id,
  adjustment_amount.amount
FROM adjustment
CROSS JOIN pricing_view
LEFT JOIN adjustment_amount
  ON adjustment_amount.adjustment_id = adjustment.adjustment_id
  AND adjustment_amount.pricing_view_id = pricing_view.pricing_view_id
WHERE NOT pricing_view.is_draft;
COMMENT ON VIEW adjustment_line IS 'One row per (adjustment, published pricing view)';
