-- Seals: hashes of what the ledger does not hash, written by the database when it is written and recomputed by
-- finops verify. The functions that a publication calls stand here; end_publication is in 10_guards.sql.

-- The labels of a slice's lines as they stand, one row per (product, label). Values in the statement's text, so that no
-- other slice is planned for; without sorting, which the planner prefers because it takes a leaf written a moment ago
-- for a handful of lines: hashing them takes a third of the time.
CREATE OR REPLACE FUNCTION standing_labels(month DATE, domain TEXT) RETURNS TABLE (product TEXT, label TEXT)
LANGUAGE plpgsql STABLE SET search_path = finops, pg_temp SET enable_sort = off AS $$
BEGIN
  RETURN QUERY EXECUTE format(
    'SELECT DISTINCT product_id, product_label_snapshot FROM fact_consumption
     WHERE period_month = %L AND domain_id = %L', month, domain);
END $$;

-- When a version was published, its sources, source lines, drivers and details, and the labels of its lines: one label a
-- product, so pairs are enough.
CREATE OR REPLACE FUNCTION slice_lineage_hash(month DATE, domain TEXT, wanted INTEGER) RETURNS BYTEA
LANGUAGE sql STABLE SET search_path = finops, pg_temp AS $$
  WITH of_version AS (
    SELECT concat_ws(E'\x1f', 'published', extract(EPOCH FROM published_at)) AS line
    FROM slice_version
    WHERE period_month = month AND domain_id = domain AND version = wanted
    UNION ALL
    SELECT concat_ws(E'\x1f', 'source', file_name, encode(sha256, 'hex'), bytes, rows) AS line
    FROM slice_source
    WHERE period_month = month AND domain_id = domain AND version = wanted
    UNION ALL
    SELECT concat_ws(E'\x1f', 'driver', driver_domain_id, driver_version)
    FROM slice_driver
    WHERE period_month = month AND domain_id = domain AND version = wanted
    UNION ALL
    SELECT concat_ws(E'\x1f', 'weight', application_id, driver_quantity, basis_quantity, method_key)
    FROM allocation_detail
    WHERE period_month = month AND domain_id = domain AND version = wanted
    UNION ALL
    SELECT concat_ws(E'\x1f', 'part', application_id, component, driver, part, driver_quantity, basis_quantity, weight_part)
    FROM allocation_component
    WHERE period_month = month AND domain_id = domain AND version = wanted
    UNION ALL
    SELECT concat_ws(
      E'\x1f', 'lines', chunk, row_count, coalesce(first_application_id, ''), coalesce(last_application_id, ''),
      encode(sha256, 'hex'))
    FROM slice_lines
    WHERE period_month = month AND domain_id = domain AND version = wanted
    UNION ALL
    SELECT concat_ws(E'\x1f', 'label', coalesce(product_id, ''), coalesce(product_label_snapshot, ''))
    FROM (
      SELECT DISTINCT product_id, product_label_snapshot
      FROM fact_archive
      WHERE period_month = month AND domain_id = domain AND version = wanted
    ) AS archived
    UNION ALL
    SELECT concat_ws(E'\x1f', 'label', coalesce(product, ''), coalesce(label, ''))
    FROM standing_labels(month, domain)
    WHERE wanted = (
      SELECT max(version) FROM slice_version AS ledger
      WHERE ledger.period_month = month AND ledger.domain_id = domain
    )
  )
  SELECT sha256(convert_to(coalesce(string_agg(line, E'\n' ORDER BY line COLLATE "C"), ''), 'UTF8')) FROM of_version
$$;

-- The seal of a version, written again when a newer driver has come since.
CREATE OR REPLACE FUNCTION seal_lineage(month DATE, domain TEXT, wanted INTEGER) RETURNS VOID
LANGUAGE sql SET search_path = finops, pg_temp AS $$
  INSERT INTO slice_seal (period_month, domain_id, version, lineage_sha256)
  VALUES (month, domain, wanted, slice_lineage_hash(month, domain, wanted))
  ON CONFLICT (period_month, domain_id, version)
  DO UPDATE SET lineage_sha256 = excluded.lineage_sha256, sealed_at = excluded.sealed_at
  WHERE slice_seal.lineage_sha256 <> excluded.lineage_sha256
$$;

CREATE OR REPLACE FUNCTION quarantine_line_hash(kept quarantine_line) RETURNS BYTEA LANGUAGE sql STABLE AS $$
  SELECT sha256(convert_to(jsonb_build_array(
    kept.quarantine_id, kept.period_month, kept.domain_id, kept.run_id, kept.file_name, kept.line_number, kept.column_name,
    kept.found_value, kept.reason, kept.source_line, kept.line_key, kept.is_current, kept.is_landed, kept.decision,
    kept.decided_by, extract(EPOCH FROM kept.decided_at), kept.decision_reason)::TEXT, 'UTF8'))
$$;

CREATE OR REPLACE FUNCTION seal_quarantine() RETURNS TRIGGER
LANGUAGE plpgsql SECURITY DEFINER SET search_path = finops, pg_temp AS $$
BEGIN
  INSERT INTO quarantine_seal (quarantine_id, period_month, domain_id, line_sha256)
  SELECT kept.quarantine_id, kept.period_month, kept.domain_id, quarantine_line_hash(kept)
  FROM quarantine_line AS kept
  WHERE kept.quarantine_id IN (SELECT added.quarantine_id FROM added)
  ON CONFLICT (quarantine_id)
  DO UPDATE SET line_sha256 = excluded.line_sha256, sealed_at = excluded.sealed_at
  WHERE quarantine_seal.line_sha256 <> excluded.line_sha256;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER sealed AFTER INSERT ON quarantine_line
REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION seal_quarantine();
CREATE OR REPLACE TRIGGER sealed_again AFTER UPDATE ON quarantine_line
REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION seal_quarantine();

CREATE OR REPLACE FUNCTION audit_line_hash(kept audit_log) RETURNS BYTEA LANGUAGE sql STABLE AS $$
  SELECT sha256(convert_to(jsonb_build_array(
    kept.audit_id, extract(EPOCH FROM kept.acted_at), kept.login, kept.person, kept.reason, kept.act, kept.relation,
    kept.key, kept.before, kept.after)::TEXT, 'UTF8'))
$$;

CREATE OR REPLACE FUNCTION seal_acts() RETURNS TRIGGER
LANGUAGE plpgsql SECURITY DEFINER SET search_path = finops, pg_temp AS $$
BEGIN
  INSERT INTO audit_seal (audit_id, line_sha256)
  SELECT kept.audit_id, audit_line_hash(kept)
  FROM audit_log AS kept
  WHERE kept.audit_id IN (SELECT added.audit_id FROM added);
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER sealed AFTER INSERT ON audit_log
REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION seal_acts();

-- Seals are written by what they seal, and by nobody.
DO $$
DECLARE
  seal TEXT;
BEGIN
  FOREACH seal IN ARRAY ARRAY['slice_seal', 'quarantine_seal'] LOOP
    EXECUTE format(
      'CREATE OR REPLACE TRIGGER no_update BEFORE UPDATE ON %I
       FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_statement(%L)', seal, 'a seal is not for hands');
    EXECUTE format(
      'CREATE OR REPLACE TRIGGER no_insert BEFORE INSERT ON %I
       FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_statement(%L)', seal, 'a seal is not for hands');
    EXECUTE format(
      'CREATE OR REPLACE TRIGGER no_delete BEFORE DELETE OR TRUNCATE ON %I
       FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement(%L)', seal, 'a seal stays');
  END LOOP;
  FOREACH seal IN ARRAY ARRAY['audit_seal', 'statement_seal'] LOOP
    EXECUTE format(
      'CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I
       FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement(%L)', seal, seal || ' only grows');
  END LOOP;
END $$;
