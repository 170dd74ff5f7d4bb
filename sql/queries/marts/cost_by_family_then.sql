-- Families as they were when computed, then one line for each INDIRECT domain, which has none: together they are the
-- total. A family has no label but that of now.
SELECT
  mart.family_id AS key,
  dim_family.family_label AS label,
  mart.domain_id,
  mart.cost,
  mart.line_count,
  mart.unpriced_count
FROM mv_cost_family_month AS mart
LEFT JOIN dim_family USING (domain_id, family_id)
WHERE mart.period_month = %(month)s AND mart.pricing_view_id = %(view)s
UNION ALL
SELECT
  NULL,
  dim_domain.indirect_label,
  mart.domain_id,
  mart.cost,
  mart.line_count,
  mart.unpriced_count
FROM mv_cost_domain_month AS mart
LEFT JOIN dim_domain USING (domain_id)
WHERE mart.period_month = %(month)s AND mart.pricing_view_id = %(view)s AND mart.domain_mode = 'INDIRECT'
ORDER BY cost DESC NULLS LAST, domain_id, key
