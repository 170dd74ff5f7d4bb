-- Every INDIRECT weight has its driver, basis and method, and drivers add up to their basis
WITH newest AS (
  SELECT DISTINCT ON (period_month, domain_id) period_month, domain_id, version
  FROM slice_version
  ORDER BY period_month, domain_id, version DESC
),
detail AS (
  SELECT allocation_detail.*,
    sum(driver_quantity) OVER (PARTITION BY period_month, domain_id) AS driver_sum
  FROM allocation_detail
  JOIN newest USING (period_month, domain_id, version)
),
weight AS (
  SELECT * FROM fact_consumption WHERE consumption_type = 'INDIRECT'
)
SELECT period_month, domain_id, application_id, weight.quantity, detail.driver_quantity, detail.basis_quantity
FROM weight
FULL JOIN detail USING (period_month, domain_id, application_id)
WHERE weight.quantity IS NULL
  OR detail.driver_quantity IS NULL
  OR detail.driver_sum <> detail.basis_quantity
  OR abs(weight.quantity * detail.basis_quantity - detail.driver_quantity) > detail.basis_quantity * 0.000000000001
