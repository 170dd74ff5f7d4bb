UPDATE dim_family
SET family_label = found.family_label,
    described_in = %(month)s
FROM unnest(%(ids)s::TEXT[], %(labels)s::TEXT[]) AS found (family_id, family_label)
WHERE dim_family.domain_id = %(domain)s
  AND dim_family.family_id = found.family_id
  AND found.family_label IS NOT NULL
  AND found.family_label <> dim_family.family_label
  AND coalesce(described_in, '-infinity') <= %(month)s
