-- Who may do what. finops_batch computes and publishes, finops_admin keeps domains, products and prices,
-- finops_api reads, for the mart's own services; finops_reader reads for a person (80_visible.sql). None of them may
-- write a fact outside the publishing functions.
GRANT USAGE ON SCHEMA finops TO finops_batch, finops_admin, finops_api;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA finops FROM PUBLIC;
-- for what a later migration makes: a function is nobody's until it is granted here
ALTER DEFAULT PRIVILEGES FOR ROLE finops_owner REVOKE ALL ON FUNCTIONS FROM PUBLIC;
-- Not ON ALL TABLES: partitions are read through their parent, and only publishing writes into a leaf.
DO $$
DECLARE
  relation REGCLASS;
BEGIN
  FOR relation IN
    SELECT oid FROM pg_class
    WHERE relnamespace = 'finops'::REGNAMESPACE AND relkind IN ('r', 'p', 'v', 'm') AND NOT relispartition
  LOOP
    EXECUTE format('GRANT SELECT ON %s TO finops_batch, finops_admin, finops_api', relation);
  END LOOP;
  FOR relation IN
    SELECT oid FROM pg_class
    WHERE relnamespace = 'finops'::REGNAMESPACE AND relispartition AND has_table_privilege('finops_api', oid, 'SELECT')
  LOOP
    EXECUTE format('REVOKE SELECT ON %s FROM finops_batch, finops_admin, finops_api', relation);
    IF has_table_privilege('finops_batch', relation, 'INSERT') THEN
      EXECUTE format('GRANT SELECT ON %s TO finops_batch', relation);
    END IF;
  END LOOP;
END $$;
REVOKE SELECT ON slice_publication, change_notice FROM finops_batch, finops_admin, finops_api;
REVOKE SELECT ON application_access, api_key FROM finops_batch;

GRANT EXECUTE ON FUNCTION
  stale_slices(), outdated_slices(), slice_status(DATE), slice_status(DATE, DATE, DATE), prices_in_force(DATE, TEXT), leaf_name(DATE, TEXT),
  slice_content_hash(DATE, TEXT), slice_lines(DATE, TEXT, INTEGER), slice_version_hash(DATE, TEXT, INTEGER),
  canonical_line(TEXT, TEXT, TEXT, NUMERIC, TEXT), administered(),
  product_state(dim_product, DATE), application_state(dim_application), quarantine_stage(quarantine_line, TEXT),
  quarantine_decided(quarantine_line),
  price_line(BIGINT, TEXT, TEXT, TEXT, DATE, INTEGER, NUMERIC, TEXT, TIMESTAMPTZ, TEXT),
  slice_lineage_hash(DATE, TEXT, INTEGER), standing_labels(DATE, TEXT),
  quarantine_line_hash(quarantine_line), audit_line_hash(audit_log),
  entry_hash(BYTEA, DATE, TEXT, INTEGER, UUID, BIGINT, NUMERIC, BYTEA, BYTEA)
TO finops_batch, finops_admin, finops_api;
GRANT EXECUTE ON FUNCTION
  ensure_slice(DATE, TEXT), open_publication(DATE, TEXT, UUID, BYTEA, BIGINT, NUMERIC),
  seal_publication(DATE, TEXT, UUID, BIGINT, NUMERIC, BYTEA, BYTEA), slice_lock(DATE, TEXT),
  refresh_slice(DATE, TEXT), refresh_marts(),
  settle_quarantine(DATE, TEXT, UUID, BIGINT, TEXT[], BIGINT[], TEXT[], TEXT[], TEXT[], TEXT[], TEXT[], TEXT[], TEXT[]),
  quarantine_in_force(DATE, TEXT), quarantine_latest(DATE, TEXT)
TO finops_batch;
-- people decide, runs do not
GRANT EXECUTE ON FUNCTION decide_quarantine(BIGINT[], TEXT, JSONB) TO finops_admin;
GRANT EXECUTE ON FUNCTION refresh_slice(DATE, TEXT), refresh_marts() TO finops_admin;
GRANT EXECUTE ON FUNCTION
  new_prices(TEXT[], TEXT[], TEXT[], DATE[], NUMERIC[], TEXT[], BOOLEAN), closed_month_changed(TEXT, DATE),
  price_book(TEXT, TIMESTAMPTZ, INTEGER), book_in_force(TEXT, DATE, DATE, TIMESTAMPTZ, INTEGER),
  quantities_in_two_books(TEXT, TEXT, DATE, DATE, TEXT[])
TO finops_batch, finops_admin, finops_api;
GRANT INSERT (pricing_view_id, domain_id, product_id, effective_from, unit_price, source_name, source_line)
ON draft_price TO finops_admin;
GRANT DELETE ON draft_price TO finops_admin;

GRANT INSERT ON slice_source, slice_lines, slice_driver, allocation_detail, allocation_component
TO finops_batch;
GRANT INSERT (run_id, period_month, domain_id, outcome, reason) ON slice_run TO finops_batch;
GRANT UPDATE (outcome, reason, row_count, quarantined_count, refused_count, started_at, ended_at)
ON slice_run TO finops_batch;
-- not is_enabled: a domain goes live by a person
GRANT INSERT (domain_id, domain_label, domain_mode, indirect_method_key, indirect_label, available_from)
ON dim_domain TO finops_batch;
GRANT INSERT ON dim_family TO finops_batch;
GRANT INSERT (domain_id, product_id, product_label, family_id, consumption_metric, is_inferred, described_in)
ON dim_product TO finops_batch;
GRANT INSERT (application_id, application_label, owner, is_inferred) ON dim_application TO finops_batch;
GRANT UPDATE (family_label, described_in) ON dim_family TO finops_batch;
GRANT UPDATE (product_label, family_id, described_in, is_inferred, in_referential, is_active, decommissioned_at)
ON dim_product TO finops_batch;
GRANT UPDATE (application_label, owner, is_inferred, is_active) ON dim_application TO finops_batch;
GRANT INSERT ON pricing_view TO finops_admin;
-- not price_id: its order is what tells a refresh which prices are new
GRANT INSERT (pricing_view_id, domain_id, product_id, effective_from, revision, unit_price, source_name)
ON unit_price TO finops_batch, finops_admin;

GRANT INSERT, UPDATE, DELETE ON dim_domain, dim_family, dim_product, dim_application TO finops_admin;
GRANT UPDATE, DELETE ON pricing_view TO finops_admin;
GRANT EXECUTE ON FUNCTION citations(TEXT, TEXT, TEXT) TO finops_admin, finops_api;
GRANT INSERT (principal, application_id), DELETE ON application_access TO finops_admin;
GRANT INSERT (key_id, name, secret_sha256, role, principals, expires_at), UPDATE (revoked_at) ON api_key TO finops_admin;

-- the views of finops_visible call them, as whoever reads
GRANT EXECUTE ON FUNCTION is_somebody(), sees_every_application(), seen_applications() TO finops_reader;


-- closing: whoever may keep prices closes months; everybody may see what blocks one and what it came to
GRANT EXECUTE ON FUNCTION
  close_blockers(DATE, DATE, NUMERIC, NUMERIC), reconcile(DATE), invoices_off(DATE, NUMERIC, NUMERIC),
  prices_of_month(DATE), minor_unit(TEXT), round_to_total(NUMERIC[], INTEGER), period_facts_hash(DATE),
  statement_prices_hash(DATE, INTEGER, TEXT), statement_hash(DATE, INTEGER, TEXT), period_close_hash(period_close)
TO finops_batch, finops_admin, finops_api;
GRANT EXECUTE ON FUNCTION
  close_period(DATE, DATE, TEXT, TEXT, NUMERIC, NUMERIC), reopen_period(DATE, TEXT, TEXT),
  record_invoice(DATE, TEXT, TEXT, NUMERIC, TEXT, TEXT, TEXT),
  book_adjustment(DATE, TEXT, TEXT, TEXT, NUMERIC, TEXT[], NUMERIC[], TEXT, TEXT)
TO finops_admin;
