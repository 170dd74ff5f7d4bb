-- Nobody's word any more: the next list or source that names it describes it, whatever its month.
UPDATE dim_product
SET held_by = NULL,
    described_in = CASE WHEN described_by IS NULL THEN described_in END,
    described_by = NULL
WHERE domain_id = %(domain)s AND product_id = %(product)s AND (held_by IS NOT NULL OR described_by IS NOT NULL)
