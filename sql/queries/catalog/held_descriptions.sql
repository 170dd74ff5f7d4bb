-- Products that a person describes, as a slice takes them: from his month on as he says, before it as the slice has them
-- already; what the slice never had is as its source says.
SELECT
  known.product_id,
  CASE WHEN age.is_before THEN standing.product_label ELSE known.product_label END AS product_label,
  CASE WHEN age.is_before THEN standing.family_id ELSE known.family_id END AS family_id
FROM dim_product AS known
CROSS JOIN LATERAL (SELECT known.described_in > %(month)s AS is_before) AS age
LEFT JOIN LATERAL (
  SELECT product_label_snapshot AS product_label, family_id
  FROM fact_consumption
  WHERE age.is_before
    AND period_month = %(month)s
    AND domain_id = %(domain)s
    AND product_id = known.product_id
  LIMIT 1
) AS standing ON TRUE
WHERE known.domain_id = %(domain)s
  AND known.described_by IS NOT NULL
  AND (NOT age.is_before OR standing.family_id IS NOT NULL)
