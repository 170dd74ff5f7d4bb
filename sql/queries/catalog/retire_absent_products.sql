-- Products of earlier lists that no list there is names any more. One that only usage has named was never
-- the referential's to retire.
UPDATE dim_product
SET is_active = FALSE,
    decommissioned_at = %(today)s
WHERE domain_id = %(domain)s
  AND in_referential
  AND is_active
  AND NOT product_id = ANY(%(ids)s)
