-- Costs by month, application and owner, all domains together, grouped and cut to the dearest.
WITH line AS (
  SELECT
    CASE WHEN %(by_month)s THEN mart.period_month END AS period_month,
    NULL::TEXT AS domain_id,
    NULL::TEXT AS family_id,
    NULL::TEXT AS product_id,
    CASE WHEN %(by_application)s THEN mart.application_id END AS application_id,
    CASE WHEN %(by_owner)s THEN dim_application.owner END AS owner,
    mart.period_month >= %(first)s AS is_asked,
    mart.cost,
    mart.line_count,
    mart.unpriced_count,
    NULL::NUMERIC AS quantity,
    NULL::TEXT AS metric
  FROM cost_total_month AS mart
  LEFT JOIN dim_application ON dim_application.application_id = mart.application_id
  WHERE mart.pricing_view_id = %(view)s
    AND mart.period_month BETWEEN %(earliest)s AND %(last)s
    AND (%(applications)s::TEXT[] IS NULL OR mart.application_id = ANY(%(applications)s::TEXT[]))
    AND (%(owners)s::TEXT[] IS NULL OR dim_application.owner = ANY(%(owners)s::TEXT[]))
),
-- from here on the same whatever the source; sums of INTEGER take half the time of those of BIGINT
grouped AS MATERIALIZED (
  SELECT
    period_month,
    domain_id,
    family_id,
    product_id,
    application_id,
    owner,
    sum(cost) FILTER (WHERE is_asked) AS cost,
    coalesce(sum(line_count::INTEGER) FILTER (WHERE is_asked), 0) AS line_count,
    coalesce(sum(unpriced_count::INTEGER) FILTER (WHERE is_asked), 0) AS unpriced_count,
    CASE WHEN %(by_product)s THEN sum(quantity) FILTER (WHERE is_asked) END AS quantity,
    CASE WHEN %(by_product)s THEN min(metric) END AS metric,
    sum(cost) FILTER (WHERE NOT is_asked) AS previous_cost,
    coalesce(sum(line_count::INTEGER) FILTER (WHERE NOT is_asked), 0) AS previous_line_count,
    coalesce(sum(unpriced_count::INTEGER) FILTER (WHERE NOT is_asked), 0) AS previous_unpriced_count
  FROM line
  GROUP BY period_month, domain_id, family_id, product_id, application_id, owner
),
ranked AS NOT MATERIALIZED (
  SELECT
    grouped.*,
    CASE WHEN %(ranks)s AND previous_cost IS NOT NULL
      THEN rank() OVER (ORDER BY previous_cost DESC NULLS LAST)
    END AS previous_rank
  FROM grouped
),
-- DIRECT products change families and names; what they were last in these months counts
latest AS (
  SELECT DISTINCT ON (domain_id, product_id) domain_id, product_id, family_id, product_label
  FROM cost_product_month
  WHERE %(by_product)s AND NOT %(now)s
    AND pricing_view_id = %(view)s
    AND period_month BETWEEN %(first)s AND %(last)s
    AND (%(domains)s::TEXT[] IS NULL OR domain_id = ANY(%(domains)s::TEXT[]))
  ORDER BY domain_id, product_id, period_month DESC
),
picked AS (
  SELECT
    'total' AS kind, NULL::DATE AS period_month, NULL::TEXT AS domain_id, NULL::TEXT AS family_id,
    NULL::TEXT AS product_id, NULL::TEXT AS application_id, NULL::TEXT AS owner, sum(cost) AS cost,
    coalesce(sum(line_count), 0)::BIGINT AS line_count, coalesce(sum(unpriced_count), 0)::BIGINT AS unpriced_count,
    NULL::NUMERIC AS quantity, NULL::TEXT AS metric, sum(previous_cost) AS previous_cost,
    coalesce(sum(previous_line_count), 0)::BIGINT AS previous_line_count,
    coalesce(sum(previous_unpriced_count), 0)::BIGINT AS previous_unpriced_count,
    count(*) FILTER (WHERE line_count > 0) AS previous_rank
  FROM grouped
  UNION ALL
  (
    SELECT 'listed', ranked.*
    FROM ranked
    WHERE line_count > 0
    ORDER BY
      CASE WHEN NOT %(by_key)s THEN cost END DESC NULLS LAST,
      period_month, domain_id, family_id, product_id, application_id, owner
    OFFSET %(skip)s
    LIMIT %(top)s
  )
  UNION ALL
  (
    SELECT 'mover', ranked.*
    FROM ranked
    WHERE cost <> previous_cost
    ORDER BY
      abs(cost - previous_cost) DESC, period_month, domain_id, family_id, product_id, application_id, owner
    LIMIT %(movers)s
  )
)
SELECT
  picked.kind,
  picked.period_month,
  picked.domain_id,
  picked.family_id,
  picked.product_id,
  picked.application_id,
  picked.owner,
  picked.cost,
  picked.line_count,
  picked.unpriced_count,
  picked.quantity,
  picked.metric,
  picked.previous_cost,
  picked.previous_line_count,
  picked.previous_unpriced_count,
  picked.previous_rank,
  dim_domain.domain_label,
  dim_domain.indirect_label,
  dim_family.family_label,
  coalesce(latest.product_label, dim_product.product_label, picked.product_id) AS product_label,
  coalesce(latest.family_id, dim_product.family_id) AS product_family_id,
  product_family.family_label AS product_family_label,
  dim_application.application_label,
  dim_application.owner AS application_owner
FROM picked
LEFT JOIN dim_domain ON dim_domain.domain_id = picked.domain_id
LEFT JOIN dim_family ON dim_family.domain_id = picked.domain_id AND dim_family.family_id = picked.family_id
LEFT JOIN dim_product ON dim_product.domain_id = picked.domain_id AND dim_product.product_id = picked.product_id
LEFT JOIN latest ON latest.domain_id = picked.domain_id AND latest.product_id = picked.product_id
LEFT JOIN dim_family AS product_family
  ON product_family.domain_id = picked.domain_id
  AND product_family.family_id = coalesce(latest.family_id, dim_product.family_id)
LEFT JOIN dim_application ON dim_application.application_id = picked.application_id
ORDER BY
  picked.kind,
  CASE
    WHEN picked.kind = 'mover' THEN abs(picked.cost - picked.previous_cost)
    WHEN NOT %(by_key)s THEN picked.cost
  END DESC NULLS LAST,
  picked.period_month, picked.domain_id, picked.family_id, picked.product_id, picked.application_id, picked.owner
