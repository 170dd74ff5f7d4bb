-- Every fact line of some months, priced in up to four pricing views, one per FOCUS cost; one row per line, in an order
-- that depends on nothing but its keys. What each weight was made of is told by its elements.
WITH slice AS MATERIALIZED (
  SELECT period_month, domain_id, max(version) AS version
  FROM slice_version
  WHERE period_month BETWEEN %(first)s AND %(last)s
  GROUP BY period_month, domain_id
),
price AS MATERIALIZED (
  SELECT
    slice.period_month,
    slice.domain_id,
    in_force.product_id,
    max(in_force.unit_price) FILTER (WHERE in_force.pricing_view_id = %(ListCost)s) AS list_price,
    max(in_force.unit_price) FILTER (WHERE in_force.pricing_view_id = %(ContractedCost)s) AS contracted_price,
    max(in_force.unit_price) FILTER (WHERE in_force.pricing_view_id = %(BilledCost)s) AS billed_price,
    max(in_force.unit_price) FILTER (WHERE in_force.pricing_view_id = %(EffectiveCost)s) AS effective_price
  FROM slice
  CROSS JOIN LATERAL prices_in_force(slice.period_month, slice.domain_id) AS in_force
  GROUP BY slice.period_month, slice.domain_id, in_force.product_id
),
line AS (
  SELECT
    fact.*,
    slice.version,
    coalesce(own.list_price, fallback.list_price) AS list_price,
    coalesce(own.contracted_price, fallback.contracted_price) AS contracted_price,
    coalesce(own.billed_price, fallback.billed_price) AS billed_price,
    coalesce(own.effective_price, fallback.effective_price) AS effective_price
  FROM slice
  JOIN fact_consumption AS fact USING (period_month, domain_id)
  LEFT JOIN price AS own
    ON own.period_month = fact.period_month AND own.domain_id = fact.domain_id AND own.product_id = fact.product_id
  LEFT JOIN price AS fallback
    ON fallback.period_month = fact.period_month AND fallback.domain_id = fact.domain_id AND fallback.product_id = '*'
  WHERE fact.period_month BETWEEN %(first)s AND %(last)s
    AND (%(application)s::TEXT IS NULL OR fact.application_id = %(application)s)
)
SELECT
  line.period_month,
  line.domain_id,
  dim_domain.domain_label,
  line.consumption_type AS domain_mode,
  dim_domain.indirect_label,
  detail.method_key,
  line.application_id,
  dim_application.application_label,
  line.product_id,
  line.product_label_snapshot AS product_label,
  line.family_id,
  dim_family.family_label,
  line.consumption_metric,
  trim_scale(line.quantity) AS quantity,
  trim_scale(line.list_price) AS list_price,
  trim_scale(line.contracted_price) AS contracted_price,
  trim_scale(line.billed_price) AS billed_price,
  trim_scale(line.effective_price) AS effective_price,
  trim_scale(line.quantity * line.list_price) AS list_cost,
  trim_scale(line.quantity * line.contracted_price) AS contracted_cost,
  trim_scale(line.quantity * line.billed_price) AS billed_cost,
  trim_scale(line.quantity * line.effective_price) AS effective_cost,
  trim_scale(detail.driver_quantity) AS driver_quantity,
  trim_scale(detail.basis_quantity) AS basis_quantity,
  CASE WHEN detail.method_key IS NOT NULL THEN
    json_build_object('Elements', coalesce(blend.elements, json_build_array(json_build_object(
      'AllocatedRatio', trim_scale(line.quantity),
      'UsageUnit', CASE
        WHEN detail.method_key LIKE 'open_weight:%%' THEN split_part(detail.method_key, ':', 2)
        ELSE line.consumption_metric
      END,
      'UsageQuantity', trim_scale(detail.driver_quantity),
      'x_BasisQuantity', trim_scale(detail.basis_quantity)
    ))))::TEXT
  END AS method_details,
  line.run_id,
  line.version
FROM line
LEFT JOIN dim_domain USING (domain_id)
LEFT JOIN dim_family USING (domain_id, family_id)
LEFT JOIN dim_application USING (application_id)
LEFT JOIN allocation_detail AS detail
  ON detail.period_month = line.period_month AND detail.domain_id = line.domain_id
    AND detail.version = line.version AND detail.application_id = line.application_id
    AND line.consumption_type = 'INDIRECT'
LEFT JOIN LATERAL (
  SELECT json_agg(json_build_object(
    'AllocatedRatio', trim_scale(component.weight_part),
    'UsageUnit', component.driver,
    'UsageQuantity', trim_scale(component.driver_quantity),
    'x_BasisQuantity', trim_scale(component.basis_quantity),
    'x_Part', trim_scale(component.part)
  ) ORDER BY component.component) AS elements
  FROM allocation_component AS component
  WHERE component.period_month = line.period_month AND component.domain_id = line.domain_id
    AND component.version = line.version AND component.application_id = line.application_id
) AS blend ON line.consumption_type = 'INDIRECT'
ORDER BY
  line.period_month, line.domain_id COLLATE "C", line.application_id COLLATE "C", line.product_id COLLATE "C" NULLS FIRST
