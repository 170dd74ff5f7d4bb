-- Where a member stands on a day. A decommission counts from its date on, whether a list has been imported since or not.
CREATE OR REPLACE FUNCTION product_state(known dim_product, today DATE) RETURNS TEXT LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN known.decommissioned_at <= today THEN 'decommissioned'
    WHEN NOT known.is_active THEN 'inactive'
    WHEN known.is_inferred THEN 'unmapped'
    ELSE 'active'
  END
$$;

CREATE OR REPLACE FUNCTION application_state(known dim_application) RETURNS TEXT LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN NOT known.is_active THEN 'inactive' WHEN known.is_inferred THEN 'unmapped' ELSE 'active' END
$$;
