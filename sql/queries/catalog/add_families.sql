INSERT INTO dim_family (domain_id, family_id, family_label, described_in)
SELECT %(domain)s, family_id, coalesce(family_label, family_id), CASE WHEN family_label IS NOT NULL THEN month END
FROM unnest(%(ids)s::TEXT[], %(labels)s::TEXT[], %(months)s::DATE[]) AS found (family_id, family_label, month)
ORDER BY family_id
ON CONFLICT (domain_id, family_id) DO NOTHING
