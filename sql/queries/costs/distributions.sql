-- How an INDIRECT domain's amount of each month is spread: one row per month and listed application, dearest first.
-- The months are named again inside: a partition is left out when a statement says so, not when a join would show it.
SELECT
  mart.period_month,
  mart.cost AS amount,
  mart.line_count,
  mart.unpriced_count,
  borne.application_id,
  dim_application.application_label,
  dim_application.owner,
  borne.cost,
  borne.unpriced_count AS borne_unpriced_count,
  weight.quantity AS weight,
  weight.consumption_metric AS metric,
  detail.driver_quantity,
  detail.basis_quantity,
  detail.method_key
FROM mv_cost_domain_month AS mart
JOIN mart_slice AS shown ON shown.period_month = mart.period_month AND shown.domain_id = mart.domain_id
LEFT JOIN LATERAL (
  SELECT one.application_id, one.cost, one.unpriced_count
  FROM mv_cost_app_month AS one
  WHERE one.period_month = mart.period_month
    AND one.domain_id = mart.domain_id
    AND one.pricing_view_id = mart.pricing_view_id
    AND one.period_month BETWEEN %(first)s AND %(last)s
    AND (%(applications)s::TEXT[] IS NULL OR one.application_id = ANY(%(applications)s::TEXT[]))
  ORDER BY one.cost DESC NULLS LAST, one.application_id
  LIMIT %(top)s
) AS borne ON TRUE
LEFT JOIN dim_application ON dim_application.application_id = borne.application_id
LEFT JOIN LATERAL (
  SELECT fact.quantity, fact.consumption_metric
  FROM shown_fact AS fact
  WHERE fact.period_month = mart.period_month
    AND fact.domain_id = mart.domain_id
    AND fact.application_id = borne.application_id
    AND fact.period_month BETWEEN %(first)s AND %(last)s
) AS weight ON TRUE
LEFT JOIN allocation_detail AS detail
  ON detail.period_month = mart.period_month
  AND detail.domain_id = mart.domain_id
  AND detail.version = shown.version
  AND detail.application_id = borne.application_id
WHERE mart.pricing_view_id = %(view)s
  AND mart.domain_id = %(domain)s
  AND mart.period_month BETWEEN %(first)s AND %(last)s
ORDER BY mart.period_month DESC, borne.cost DESC NULLS LAST, borne.application_id
