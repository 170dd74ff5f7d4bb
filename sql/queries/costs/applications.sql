-- One page of the applications that match, dearest first or by id, and how many match and what they come to.
WITH cost AS (
  SELECT
    mart.application_id,
    sum(mart.cost) FILTER (WHERE mart.period_month >= %(first)s) AS cost,
    coalesce(sum(mart.line_count) FILTER (WHERE mart.period_month >= %(first)s), 0)::BIGINT AS line_count,
    coalesce(sum(mart.unpriced_count) FILTER (WHERE mart.period_month >= %(first)s), 0)::BIGINT AS unpriced_count,
    sum(mart.cost) FILTER (WHERE mart.period_month < %(first)s) AS previous_cost,
    coalesce(sum(mart.line_count) FILTER (WHERE mart.period_month < %(first)s), 0)::BIGINT AS previous_line_count,
    coalesce(sum(mart.unpriced_count) FILTER (WHERE mart.period_month < %(first)s), 0)::BIGINT
      AS previous_unpriced_count
  FROM cost_total_month AS mart
  WHERE mart.pricing_view_id = %(view)s
    AND mart.period_month BETWEEN %(earliest)s AND %(last)s
    AND (%(applications)s::TEXT[] IS NULL OR mart.application_id = ANY(%(applications)s::TEXT[]))
  GROUP BY mart.application_id
),
matching AS MATERIALIZED (
  SELECT
    known.application_id,
    known.application_label,
    known.owner,
    CASE WHEN NOT known.is_active THEN 'inactive' WHEN known.is_inferred THEN 'unmapped' ELSE 'active' END AS state,
    cost.cost,
    coalesce(cost.line_count, 0) AS line_count,
    coalesce(cost.unpriced_count, 0) AS unpriced_count,
    cost.previous_cost,
    coalesce(cost.previous_line_count, 0) AS previous_line_count,
    coalesce(cost.previous_unpriced_count, 0) AS previous_unpriced_count
  FROM dim_application AS known
  LEFT JOIN cost ON cost.application_id = known.application_id
  WHERE (%(applications)s::TEXT[] IS NULL OR known.application_id = ANY(%(applications)s::TEXT[]))
    AND (
      %(search)s::TEXT IS NULL
      OR strpos(lower(known.application_id), lower(%(search)s)) > 0
      OR strpos(lower(known.application_label), lower(%(search)s)) > 0
      OR strpos(lower(known.owner), lower(%(search)s)) > 0
    )
)
SELECT
  whole.match_count,
  whole.total_cost,
  whole.total_line_count,
  whole.total_unpriced_count,
  listed.*
FROM (
  SELECT
    count(*) AS match_count, sum(cost) AS total_cost, coalesce(sum(line_count), 0)::BIGINT AS total_line_count,
    coalesce(sum(unpriced_count), 0)::BIGINT AS total_unpriced_count
  FROM matching
) AS whole
LEFT JOIN (
  SELECT *
  FROM matching
  WHERE CASE
    WHEN %(after_id)s::TEXT IS NULL THEN TRUE
    WHEN %(by_key)s THEN application_id > %(after_id)s
    WHEN %(after_cost)s::NUMERIC IS NULL THEN cost IS NULL AND application_id > %(after_id)s
    ELSE cost IS NULL OR cost < %(after_cost)s OR (cost = %(after_cost)s AND application_id > %(after_id)s)
  END
  ORDER BY CASE WHEN NOT %(by_key)s THEN cost END DESC NULLS LAST, application_id
  LIMIT %(limit)s
) AS listed ON TRUE
ORDER BY CASE WHEN NOT %(by_key)s THEN listed.cost END DESC NULLS LAST, listed.application_id
