-- What the product lists say of each product they name or named: label and family unless a later month has
-- described it already; active, or gone since a date. Of a product that an undated list no longer names, the
-- date is the first one it was missed on. One that comes back is the same member again. A member that a person
-- holds keeps its lifecycle, one that he describes its label and family. Members are locked in one order, as
-- publications lock them. Returns what each product became.
WITH listed AS (
  SELECT *
  FROM unnest(
    %(ids)s::TEXT[], %(labels)s::TEXT[], %(families)s::TEXT[], %(months)s::DATE[], %(listed)s::BOOLEAN[], %(gone)s::DATE[]
  ) AS found (product_id, product_label, family_id, month, is_listed, gone_on)
),
told AS (
  SELECT
    known.product_id,
    said.*,
    known.is_active AS was_active,
    (known.product_label, known.family_id, known.decommissioned_at)
      IS DISTINCT FROM (said.product_label, said.family_id, said.decommissioned_at) AS is_other
  FROM dim_product AS known
  LEFT JOIN listed ON listed.product_id = known.product_id
  CROSS JOIN LATERAL (
    SELECT
      known.described_by IS NULL AND coalesce(listed.month >= coalesce(known.described_in, '-infinity'), FALSE)
        AS is_newer
  ) AS age
  CROSS JOIN LATERAL (
    SELECT
      CASE WHEN age.is_newer THEN listed.product_label ELSE known.product_label END AS product_label,
      CASE WHEN age.is_newer THEN listed.family_id ELSE known.family_id END AS family_id,
      CASE WHEN age.is_newer THEN listed.month ELSE known.described_in END AS described_in,
      known.is_inferred AND NOT age.is_newer AS is_inferred,
      CASE
        WHEN known.held_by IS NOT NULL THEN known.is_active AND coalesce(known.decommissioned_at > %(today)s, TRUE)
        ELSE coalesce(listed.is_listed, FALSE) AND coalesce(listed.gone_on > %(today)s, TRUE)
      END AS is_active,
      CASE
        WHEN known.held_by IS NOT NULL THEN known.decommissioned_at
        WHEN listed.product_id IS NULL THEN %(today)s::DATE
        WHEN listed.is_listed THEN listed.gone_on
        ELSE coalesce(listed.gone_on, known.decommissioned_at, %(today)s)
      END AS decommissioned_at
  ) AS said
  WHERE known.domain_id = %(domain)s
    -- one that only usage has named was never the lists' to retire
    AND (listed.product_id IS NOT NULL OR (known.in_referential AND known.is_active))
    AND (known.product_label, known.family_id, known.described_in, known.is_inferred, known.in_referential,
         known.is_active, known.decommissioned_at)
      IS DISTINCT FROM
        (said.product_label, said.family_id, said.described_in, said.is_inferred, TRUE, said.is_active,
         said.decommissioned_at)
  ORDER BY known.product_id
  FOR NO KEY UPDATE OF known
)
UPDATE dim_product
SET product_label = told.product_label,
    family_id = told.family_id,
    described_in = told.described_in,
    is_inferred = told.is_inferred,
    in_referential = TRUE,
    is_active = told.is_active,
    decommissioned_at = told.decommissioned_at
FROM told
WHERE dim_product.domain_id = %(domain)s AND dim_product.product_id = told.product_id
RETURNING
  dim_product.product_id,
  CASE
    WHEN told.was_active AND NOT told.is_active THEN 'deactivated'
    WHEN told.is_active AND NOT told.was_active THEN 'returned'
    WHEN told.is_other THEN 'changed'
  END AS became
