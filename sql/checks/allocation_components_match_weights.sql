-- Every blended weight is the sum of its parts, each the share of its driver, and drivers add up to their basis
WITH newest AS (
  SELECT period_month, domain_id, max(version) AS version
  FROM slice_version
  GROUP BY period_month, domain_id
),
blended AS (
  SELECT detail.period_month, detail.domain_id, detail.version, detail.application_id, weight.quantity AS weight
  FROM allocation_detail AS detail
  JOIN newest USING (period_month, domain_id, version)
  LEFT JOIN fact_consumption AS weight USING (period_month, domain_id, application_id)
  WHERE detail.method_key LIKE 'composite:%'
),
whole AS (
  SELECT period_month, domain_id, sum(part) AS parts
  FROM (
    SELECT DISTINCT period_month, domain_id, component, part
    FROM allocation_component
    JOIN newest USING (period_month, domain_id, version)
  ) AS component
  GROUP BY period_month, domain_id
),
component AS (
  SELECT
    kept.*,
    -- forty decimals, so that the division is exact enough to be compared at twelve
    part::NUMERIC(80, 40) / whole.parts
    * CASE
      WHEN basis_quantity > 0 THEN driver_quantity::NUMERIC(80, 40) / basis_quantity
      WHEN application_id = 'UNALLOCATED' THEN 1
      ELSE 0
    END AS exact,
    sum(driver_quantity) OVER (PARTITION BY period_month, domain_id, component) AS driver_sum
  FROM allocation_component AS kept
  JOIN newest USING (period_month, domain_id, version)
  JOIN whole USING (period_month, domain_id)
),
told AS (
  SELECT
    period_month, domain_id, application_id, sum(weight_part) AS weight_parts, sum(exact) AS exact,
    bool_or(abs(weight_part - exact) > 0.000000000002 OR driver_sum <> basis_quantity) AS is_wrong
  FROM component
  GROUP BY period_month, domain_id, application_id
)
SELECT period_month, domain_id, application_id, blended.weight, told.weight_parts, round(told.exact, 14) AS exact_weight
FROM blended
FULL JOIN told USING (period_month, domain_id, application_id)
WHERE blended.weight IS DISTINCT FROM told.weight_parts
  OR told.is_wrong
  OR abs(blended.weight - told.exact) > 0.000000000001
