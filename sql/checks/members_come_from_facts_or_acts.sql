-- Whatever people administer was brought by an act that is recorded, or is a member as facts brought it
-- products and applications apart: together they are nearly as many as the facts
WITH line AS MATERIALIZED (
  SELECT domain_id, family_id, product_id, product_label_snapshot, consumption_metric
  FROM fact_consumption
  GROUP BY domain_id, family_id, product_id, product_label_snapshot, consumption_metric
  UNION
  SELECT domain_id, family_id, product_id, product_label_snapshot, consumption_metric
  FROM fact_archive
  GROUP BY domain_id, family_id, product_id, product_label_snapshot, consumption_metric
),
user_of AS MATERIALIZED (
  SELECT application_id FROM fact_consumption GROUP BY application_id
  UNION
  SELECT application_id FROM fact_archive GROUP BY application_id
),
member AS (
  SELECT
    'dim_domain' AS relation, jsonb_build_object('domain_id', domain_id) AS key, domain_id,
    EXISTS (SELECT FROM slice_version AS ledger WHERE ledger.domain_id = dim_domain.domain_id) AS is_cited
  FROM dim_domain
  UNION ALL
  SELECT
    'dim_family', jsonb_build_object('domain_id', domain_id, 'family_id', family_id), domain_id,
    (domain_id, family_id) IN (SELECT domain_id, family_id FROM line WHERE family_id IS NOT NULL)
      OR (domain_id, family_id) IN (SELECT domain_id, family_id FROM dim_product)
  FROM dim_family
  UNION ALL
  SELECT
    'dim_product', jsonb_build_object('domain_id', domain_id, 'product_id', product_id), domain_id,
    is_active AND decommissioned_at IS NULL AND held_by IS NULL AND described_by IS NULL
      AND (domain_id, product_id, product_label, family_id, consumption_metric) IN (
        SELECT domain_id, product_id, product_label_snapshot, family_id, consumption_metric FROM line
        WHERE product_id IS NOT NULL
      )
  FROM dim_product
  UNION ALL
  SELECT
    'dim_application', jsonb_build_object('application_id', application_id), NULL,
    is_active AND owner IS NULL AND held_by IS NULL AND described_by IS NULL 
      AND application_id IN (SELECT application_id FROM user_of)
  FROM dim_application
)
SELECT found.relation, found.key, found.domain_id, found.period_month
FROM (
  SELECT relation, key, domain_id, NULL AS period_month FROM member WHERE NOT is_cited
  UNION ALL
  SELECT relation, key, line ->> 'domain_id', line ->> 'period_month'
  FROM administered()
  WHERE relation IN (
    'pricing_view', 'quarantine_decision', 'invoice', 'adjustment', 'adjustment_amount', 'application_access',
    'api_key')
) AS found
WHERE NOT EXISTS (SELECT FROM audit_log AS act WHERE (act.relation, act.key) = (found.relation, found.key))
