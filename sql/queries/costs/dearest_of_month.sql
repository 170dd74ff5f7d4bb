-- The dearest applications of one domain in one month. Each has one row there, so that nothing needs to be grouped: a
-- third of what by_application.sql takes, which tells the same.
WITH asked AS NOT MATERIALIZED (
  SELECT application_id, cost, line_count, unpriced_count
  FROM mv_cost_app_month
  WHERE period_month = %(first)s
    AND pricing_view_id = %(view)s
    AND domain_id = (%(domains)s::TEXT[])[1]
    AND (%(applications)s::TEXT[] IS NULL OR application_id = ANY(%(applications)s::TEXT[]))
),
before AS NOT MATERIALIZED (
  SELECT application_id, cost, line_count, unpriced_count
  FROM mv_cost_app_month
  WHERE %(earliest)s < %(first)s
    AND period_month = %(earliest)s
    AND pricing_view_id = %(view)s
    AND domain_id = (%(domains)s::TEXT[])[1]
    AND (%(applications)s::TEXT[] IS NULL OR application_id = ANY(%(applications)s::TEXT[]))
),
listed AS MATERIALIZED (
  SELECT application_id, cost, line_count, unpriced_count
  FROM asked
  ORDER BY cost DESC NULLS LAST, application_id
  OFFSET %(skip)s
  LIMIT %(top)s
),
total AS (
  SELECT
    sum(cost) AS cost,
    coalesce(sum(line_count), 0)::BIGINT AS line_count,
    coalesce(sum(unpriced_count), 0)::BIGINT AS unpriced_count,
    count(*) AS group_count
  FROM asked
),
total_before AS (
  SELECT
    sum(cost) AS cost,
    coalesce(sum(line_count), 0)::BIGINT AS line_count,
    coalesce(sum(unpriced_count), 0)::BIGINT AS unpriced_count
  FROM before
),
picked AS (
  SELECT
    'total' AS kind, NULL::TEXT AS application_id, total.cost, total.line_count, total.unpriced_count,
    total_before.cost AS previous_cost, total_before.line_count AS previous_line_count,
    total_before.unpriced_count AS previous_unpriced_count, total.group_count AS previous_rank
  FROM total
  CROSS JOIN total_before
  UNION ALL
  SELECT
    'listed', listed.application_id, listed.cost, listed.line_count, listed.unpriced_count,
    before.cost, coalesce(before.line_count, 0), coalesce(before.unpriced_count, 0), NULL
  FROM listed
  LEFT JOIN before ON before.application_id = listed.application_id
)
SELECT
  picked.*,
  NULL::DATE AS period_month,
  NULL::TEXT AS domain_id,
  NULL::TEXT AS family_id,
  NULL::TEXT AS product_id,
  NULL::TEXT AS owner,
  NULL::NUMERIC AS quantity,
  NULL::TEXT AS metric,
  NULL::TEXT AS domain_label,
  NULL::TEXT AS indirect_label,
  NULL::TEXT AS family_label,
  NULL::TEXT AS product_label,
  NULL::TEXT AS product_family_id,
  NULL::TEXT AS product_family_label,
  dim_application.application_label,
  dim_application.owner AS application_owner
FROM picked
LEFT JOIN dim_application ON dim_application.application_id = picked.application_id
ORDER BY picked.cost DESC NULLS LAST, picked.application_id
