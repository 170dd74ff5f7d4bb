-- Every member was brought by a fact that cites it or by an act that is recorded
WITH line AS (
  SELECT DISTINCT domain_id, family_id, product_id, application_id FROM fact_consumption
  UNION
  SELECT DISTINCT domain_id, family_id, product_id, application_id FROM fact_archive
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
    (domain_id, product_id) IN (SELECT domain_id, product_id FROM line WHERE product_id IS NOT NULL)
  FROM dim_product
  UNION ALL
  SELECT
    'dim_application', jsonb_build_object('application_id', application_id), NULL,
    application_id IN (SELECT application_id FROM line)
  FROM dim_application
)
SELECT member.relation, member.key, member.domain_id
FROM member
WHERE NOT member.is_cited
  AND NOT EXISTS (SELECT FROM audit_log AS act WHERE (act.relation, act.key) = (member.relation, member.key))
