-- What every line of a slice has in common is the default of its leaf, so that publishing need not send it: month, domain
-- and type. Leaves that are made from now on get it from ensure_slice.
DO $$
DECLARE
  slice RECORD;
BEGIN
  FOR slice IN
    SELECT
      period.period_month, dim_domain.domain_id, dim_domain.domain_mode,
      'fact_' || to_char(period.period_month, 'YYYY_MM') || '_' || lower(dim_domain.domain_id) AS leaf
    FROM period
    CROSS JOIN dim_domain
  LOOP
    IF to_regclass(slice.leaf) IS NOT NULL THEN
      EXECUTE format(
        'ALTER TABLE %I ALTER period_month SET DEFAULT %L, ALTER domain_id SET DEFAULT %L,
         ALTER consumption_type SET DEFAULT %L', slice.leaf, slice.period_month, slice.domain_id, slice.domain_mode);
    END IF;
  END LOOP;
END $$;
