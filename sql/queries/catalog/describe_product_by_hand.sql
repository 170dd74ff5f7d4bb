UPDATE dim_product
SET product_label = coalesce(%(label)s, product_label),
    family_id = coalesce(%(family)s, family_id),
    is_inferred = FALSE,
    described_in = %(month)s,
    described_by = %(person)s
WHERE domain_id = %(domain)s AND product_id = %(product)s
