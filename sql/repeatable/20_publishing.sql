-- Publishing a slice: ensure_slice (its own transaction), then in one transaction
-- open_publication, COPY into the leaf, seal_publication.

CREATE OR REPLACE FUNCTION slice_lock(month DATE, domain TEXT) RETURNS BIGINT LANGUAGE sql IMMUTABLE AS $$
  SELECT hashtextextended('finops slice ' || to_char(month, 'YYYY-MM') || ' ' || domain, 0)
$$;

CREATE OR REPLACE FUNCTION leaf_name(month DATE, domain TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE AS $$
  SELECT 'fact_' || to_char(month, 'YYYY_MM') || '_' || lower(domain)
$$;

-- Make the partitions of a month, and the leaf of a slice, and return the leaf's name. A partition is
-- built aside and attached: CREATE … PARTITION OF would make every reader wait.
CREATE OR REPLACE FUNCTION ensure_slice(month DATE, domain TEXT) RETURNS TEXT
LANGUAGE plpgsql SECURITY DEFINER SET search_path = finops, pg_temp AS $$
DECLARE
  leaf TEXT := leaf_name(month, domain);
  of_month TEXT := 'fact_' || to_char(month, 'YYYY_MM');
  costs TEXT := 'cost_app_' || to_char(month, 'YYYY_MM');
  following DATE := (month + INTERVAL '1 month')::DATE;
  mode TEXT := (SELECT domain_mode FROM dim_domain WHERE domain_id = domain);
BEGIN
  IF month IS DISTINCT FROM date_trunc('month', month)::DATE THEN
    RAISE EXCEPTION '% is not the first day of a month', month USING ERRCODE = 'UF001';
  END IF;
  IF mode IS NULL THEN
    RAISE EXCEPTION 'domain % is unknown: register it first', domain USING ERRCODE = 'UF001';
  END IF;
  IF to_regclass(leaf) IS NOT NULL THEN
    RETURN leaf;
  END IF;
  -- who closes a month holds this lock too
  PERFORM pg_advisory_xact_lock(hashtextextended('finops partitions', 0));
  IF EXISTS (SELECT FROM period WHERE period_month = month AND status = 'CLOSED') THEN
    RAISE EXCEPTION 'month % is closed', to_char(month, 'YYYY-MM') USING ERRCODE = 'UF002';
  END IF;
  INSERT INTO period (period_month) VALUES (month) ON CONFLICT DO NOTHING;
  IF to_regclass(of_month) IS NULL THEN
    EXECUTE format('CREATE TABLE %I (LIKE fact_consumption INCLUDING ALL) PARTITION BY LIST (domain_id)', of_month);
    EXECUTE format('ALTER TABLE fact_consumption ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                   of_month, month, following);
    EXECUTE format(
      'CREATE TRIGGER facts_change_by_publication BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON %I
       FOR EACH STATEMENT EXECUTE FUNCTION guard_slice(%L)', of_month, month);
    EXECUTE format('CREATE TABLE %I (LIKE cost_app_month INCLUDING ALL)', costs);
    EXECUTE format('ALTER TABLE cost_app_month ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                   costs, month, following);
  END IF;
  IF to_regclass(leaf) IS NULL THEN
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', leaf, of_month);
    -- what all its lines have in common, so that publishing need not send it
    EXECUTE format(
      'ALTER TABLE %I ALTER period_month SET DEFAULT %L, ALTER domain_id SET DEFAULT %L,
       ALTER consumption_type SET DEFAULT %L', leaf, month, domain, mode);
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES IN (%L)', of_month, leaf, domain);
    EXECUTE format(
      'CREATE TRIGGER facts_change_by_publication BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON %I
       FOR EACH STATEMENT EXECUTE FUNCTION guard_slice(%L, %L)', leaf, month, domain);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO finops_batch', leaf);
  END IF;
  RETURN leaf;
END $$;

-- Begin to publish. The answer is what the caller must do:
--   ALREADY    this run has published this slice before (a retry after an unknown outcome): nothing
--   COMPARE    the slice may hold these lines, as many of them with the same sum: ask again with the hash of their content
--   UNCHANGED  the slice holds exactly these lines: nothing but newer drivers
--   WRITE      the slice is now empty and waits for its lines
CREATE OR REPLACE FUNCTION open_publication(
  month DATE, domain TEXT, run UUID, content BYTEA, lines BIGINT DEFAULT NULL, quantity NUMERIC DEFAULT NULL
) RETURNS TABLE (answer TEXT, version INTEGER)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = finops, pg_temp AS $$
DECLARE
  current_version slice_version;
  earlier slice_version;
  month_status TEXT;
  available DATE;
  leaf TEXT := leaf_name(month, domain);
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'publishing needs READ COMMITTED' USING ERRCODE = 'UF009';
  END IF;
  PERFORM pg_advisory_xact_lock(slice_lock(month, domain));
  SELECT * INTO earlier FROM slice_version AS ledger
  WHERE ledger.period_month = month AND ledger.domain_id = domain AND ledger.run_id = run;
  IF FOUND THEN
    RETURN QUERY SELECT 'ALREADY', earlier.version;
    RETURN;
  END IF;
  -- closing a month takes this row FOR UPDATE: it waits for us, or we for it
  SELECT status INTO month_status FROM period WHERE period_month = month FOR SHARE;
  IF month_status IS NULL THEN
    RAISE EXCEPTION 'month % is unknown', to_char(month, 'YYYY-MM') USING ERRCODE = 'UF001';
  ELSIF month_status = 'CLOSED' THEN
    RAISE EXCEPTION 'month % is closed', to_char(month, 'YYYY-MM') USING ERRCODE = 'UF002';
  END IF;
  SELECT available_from INTO available FROM dim_domain WHERE domain_id = domain FOR SHARE;
  IF month < available THEN
    RAISE EXCEPTION 'domain % is available from %, not in %', domain, to_char(available, 'YYYY-MM'),
      to_char(month, 'YYYY-MM') USING ERRCODE = 'UF004';
  END IF;
  SELECT * INTO current_version FROM slice_version AS ledger
  WHERE ledger.period_month = month AND ledger.domain_id = domain
  ORDER BY ledger.version DESC LIMIT 1;
  IF content IS NULL AND (current_version.row_count, current_version.sum_quantity) = (lines, quantity) THEN
    RETURN QUERY SELECT 'COMPARE', current_version.version;
    RETURN;
  ELSIF current_version.content_sha256 = content THEN
    INSERT INTO slice_publication (transaction_id, period_month, domain_id, version, step)
    VALUES (pg_current_xact_id(), month, domain, current_version.version, 'UNCHANGED');
    RETURN QUERY SELECT 'UNCHANGED', current_version.version;
    RETURN;
  END IF;
  INSERT INTO slice_publication (transaction_id, period_month, domain_id)
  VALUES (pg_current_xact_id(), month, domain);
  EXECUTE format('LOCK TABLE %I IN ROW EXCLUSIVE MODE', leaf);
  IF current_version.row_count > 0 THEN
    EXECUTE format(
      'INSERT INTO fact_archive (period_month, domain_id, version, family_id, product_id, application_id, quantity,
                                 consumption_metric, run_id, product_label_snapshot)
       SELECT period_month, domain_id, $1, family_id, product_id, application_id, quantity, consumption_metric,
              run_id, product_label_snapshot FROM %I', leaf) USING current_version.version;
    EXECUTE format('DELETE FROM %I', leaf);
  END IF;
  RETURN QUERY SELECT 'WRITE', coalesce(current_version.version, 0) + 1;
END $$;

CREATE OR REPLACE FUNCTION entry_hash(
  previous BYTEA, month DATE, domain TEXT, version INTEGER, run UUID, lines BIGINT, quantity NUMERIC,
  content BYTEA, source BYTEA
) RETURNS BYTEA LANGUAGE sql IMMUTABLE AS $$
  SELECT sha256(convert_to(concat_ws('|', encode(coalesce(previous, ''), 'hex'), to_char(month, 'YYYY-MM-DD'),
    domain, version, run, lines, quantity::NUMERIC(38, 12), encode(content, 'hex'), encode(source, 'hex')), 'UTF8'))
$$;

-- Finish: the leaf must hold exactly what the caller says it sent; then the ledger gets its row.
CREATE OR REPLACE FUNCTION seal_publication(
  month DATE, domain TEXT, run UUID, expected_rows BIGINT, expected_sum NUMERIC, content BYTEA, source BYTEA
) RETURNS INTEGER
LANGUAGE plpgsql SECURITY DEFINER SET search_path = finops, pg_temp AS $$
DECLARE
  stored_rows BIGINT;
  stored_sum NUMERIC;
  strangers BIGINT;
  previous slice_version;
  mode TEXT;
BEGIN
  PERFORM FROM slice_publication
  WHERE transaction_id = pg_current_xact_id() AND period_month = month AND domain_id = domain AND step = 'OPEN';
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no publication of % % is open', domain, to_char(month, 'YYYY-MM') USING ERRCODE = 'UF003';
  END IF;
  SELECT domain_mode INTO mode FROM dim_domain WHERE domain_id = domain;
  EXECUTE format(
    'SELECT count(*), coalesce(sum(quantity), 0), count(*) FILTER (WHERE run_id <> $1 OR consumption_type <> $2)
     FROM %I', leaf_name(month, domain)) INTO stored_rows, stored_sum, strangers USING run, mode;
  IF stored_rows <> expected_rows OR stored_sum <> expected_sum OR strangers > 0 THEN
    RAISE EXCEPTION 'slice % %: % lines summing to % were stored (% of another run or mode), % and % were sent',
      domain, to_char(month, 'YYYY-MM'), stored_rows, stored_sum, strangers, expected_rows, expected_sum
      USING ERRCODE = 'UF005';
  END IF;
  IF mode = 'INDIRECT' AND stored_rows > 0 AND stored_sum <> 1 THEN
    RAISE EXCEPTION 'weights of % % sum to %, not to 1', domain, to_char(month, 'YYYY-MM'), stored_sum
      USING ERRCODE = 'UF005';
  END IF;
  SELECT * INTO previous FROM slice_version AS ledger
  WHERE ledger.period_month = month AND ledger.domain_id = domain ORDER BY ledger.version DESC LIMIT 1;
  INSERT INTO slice_version (period_month, domain_id, version, run_id, row_count, sum_quantity, content_sha256,
                             source_sha256, previous_sha256, entry_sha256)
  VALUES (month, domain, coalesce(previous.version, 0) + 1, run, stored_rows, stored_sum, content, source,
          previous.entry_sha256,
          entry_hash(previous.entry_sha256, month, domain, coalesce(previous.version, 0) + 1, run, stored_rows,
                     stored_sum, content, source));
  UPDATE slice_publication SET step = 'SEALED', version = coalesce(previous.version, 0) + 1
  WHERE transaction_id = pg_current_xact_id();
  RETURN coalesce(previous.version, 0) + 1;
END $$;

-- One line of the canonical text, which is what a slice's content is: labels are not part of it. Without SET, so
-- that the planner can look into it.
CREATE OR REPLACE FUNCTION canonical_line(
  application TEXT, product TEXT, family TEXT, quantity NUMERIC, metric TEXT
) RETURNS TEXT LANGUAGE sql STABLE AS $$
  SELECT concat_ws(E'\x1f', application, coalesce(product, ''), coalesce(family, ''),
                   (quantity * 1000000000000)::NUMERIC(42, 0), metric) || E'\n'
$$;

-- The canonical text of a stored slice, hashed: facts.py computes the same before it sends the lines.
CREATE OR REPLACE FUNCTION slice_content_hash(month DATE, domain TEXT) RETURNS BYTEA
LANGUAGE sql STABLE SET search_path = finops, pg_temp AS $$
  SELECT sha256(convert_to(coalesce(string_agg(
    canonical_line(application_id, product_id, family_id, quantity, consumption_metric), ''
    ORDER BY application_id COLLATE "C", product_id COLLATE "C" NULLS FIRST), ''), 'UTF8'))
  FROM fact_consumption
  WHERE period_month = month AND domain_id = domain
$$;
