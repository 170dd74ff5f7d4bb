-- Members are locked in one order, so that two months that describe the same ones cannot deadlock.
WITH newer AS (
  SELECT dim_family.family_id, found.family_label, found.month
  FROM unnest(%(ids)s::TEXT[], %(labels)s::TEXT[], %(months)s::DATE[]) AS found (family_id, family_label, month)
  JOIN dim_family ON dim_family.domain_id = %(domain)s AND dim_family.family_id = found.family_id
  WHERE found.family_label IS NOT NULL
    AND (found.family_label, found.month) IS DISTINCT FROM (dim_family.family_label, dim_family.described_in)
    AND coalesce(dim_family.described_in, '-infinity') <= found.month
  ORDER BY dim_family.family_id
  FOR NO KEY UPDATE OF dim_family
)
UPDATE dim_family
SET family_label = newer.family_label,
    described_in = newer.month
FROM newer
WHERE dim_family.domain_id = %(domain)s AND dim_family.family_id = newer.family_id
