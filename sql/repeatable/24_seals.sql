-- Seals: hashes of what the ledger does not hash, written by the database when it is written and recomputed by
-- finops verify. The functions that a publication calls stand here; end_publication is in 10_guards.sql.

-- Sources, source lines, drivers and details of a version, and the labels of its lines: one label a product, so pairs are enough.
CREATE OR REPLACE FUNCTION slice_lineage_hash(month DATE, domain TEXT, wanted INTEGER) RETURNS BYTEA
LANGUAGE sql STABLE SET search_path = finops, pg_temp AS $$
  WITH of_version AS (
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
    SELECT concat_ws(E'\x1f', 'label', coalesce(product_id, ''), coalesce(product_label_snapshot, ''))
    FROM (
      SELECT DISTINCT product_id, product_label_snapshot
      FROM fact_consumption
      WHERE period_month = month AND domain_id = domain AND wanted = (
        SELECT max(version) FROM slice_version AS ledger
        WHERE ledger.period_month = month AND ledger.domain_id = domain
      )
    ) AS standing
  )
  SELECT sha256(convert_to(coalesce(string_agg(line, E'\n' ORDER BY line COLLATE "C"), ''), 'UTF8')) FROM of_version
$$;

-- The next seal of a version, unless the last one says the same.
CREATE OR REPLACE FUNCTION seal_lineage(month DATE, domain TEXT, wanted INTEGER) RETURNS VOID
LANGUAGE plpgsql SET search_path = finops, pg_temp AS $$
DECLARE
  last slice_seal;
  found BYTEA := slice_lineage_hash(month, domain, wanted);
BEGIN
  SELECT * INTO last FROM slice_seal
  WHERE period_month = month AND domain_id = domain AND version = wanted ORDER BY seal DESC LIMIT 1;
  IF last.lineage_sha256 IS DISTINCT FROM found THEN
    INSERT INTO slice_seal (period_month, domain_id, version, seal, lineage_sha256)
    VALUES (month, domain, wanted, coalesce(last.seal, 0) + 1, found);
  END IF;
END $$;

CREATE OR REPLACE FUNCTION quarantine_lines_hash(ids BIGINT[]) RETURNS BYTEA
LANGUAGE sql STABLE SET search_path = finops, pg_temp AS $$
  SELECT sha256(convert_to(coalesce(string_agg(
    concat_ws(E'\x1f', quarantine_id, to_char(period_month, 'YYYY-MM-DD'), domain_id, run_id, file_name, line_number,
              column_name, coalesce(found_value, ''), reason, source_line) || E'\n', '' ORDER BY quarantine_id), ''), 'UTF8'))
  FROM quarantine_line
  WHERE quarantine_id = ANY(ids)
$$;

CREATE OR REPLACE FUNCTION seal_quarantine() RETURNS TRIGGER
LANGUAGE plpgsql SECURITY DEFINER SET search_path = finops, pg_temp AS $$
BEGIN
  INSERT INTO quarantine_seal (period_month, domain_id, quarantine_ids, lines_sha256)
  SELECT period_month, domain_id, ids, quarantine_lines_hash(ids)
  FROM (
    SELECT period_month, domain_id, array_agg(quarantine_id ORDER BY quarantine_id) AS ids
    FROM added
    GROUP BY period_month, domain_id
  ) AS slice;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER sealed AFTER INSERT ON quarantine_line
REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION seal_quarantine();

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON slice_seal
FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement('slice_seal only grows');
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON quarantine_seal
FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement('quarantine_seal only grows');

-- A quarantined line is decided, never edited or dropped.
CREATE OR REPLACE TRIGGER identity_is_stable BEFORE UPDATE ON quarantine_line
FOR EACH ROW EXECUTE FUNCTION refuse_new_identity(
  'quarantine_id', 'period_month', 'domain_id', 'run_id', 'file_name', 'line_number', 'column_name', 'found_value',
  'reason', 'source_line');
CREATE OR REPLACE TRIGGER no_delete BEFORE DELETE OR TRUNCATE ON quarantine_line
FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement('quarantined lines are decided');
