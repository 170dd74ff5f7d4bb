-- The audit log: who changed what, when, and what it was before. Triggers write it, in the transaction of the
-- change, so an act and its row stand or fall together. Nobody may write it by hand: it only grows.
--
-- Who: the transaction-local settings finops.person and finops.reason (finops_assets/audit.py sets them); without
-- them the person is the login.
--
-- To audit a table, one line. Where a statement changes a few rows, a row trigger:
--   CREATE OR REPLACE TRIGGER audited AFTER INSERT OR UPDATE OR DELETE ON thing
--   FOR EACH ROW EXECUTE FUNCTION audit_row('thing_id');
-- where one may change thousands, statement triggers, made by:
--   SELECT audit_statements('thing', 'thing_id');
-- Arguments, in any order:
--   thing_id            a column of the key; several are several arguments
--   ignore:column       a change of this column alone is no act
--   act:NAME            what the act is called; else INSERT, UPDATE or DELETE (with WHEN, one trigger per name)
--   skip:publication    an INSERT while a slice is published is no act, unless it brings back what was deleted
-- A function of the owner's that does something no trigger sees calls
--   record_act('NAME', 'relation', key, before, after).

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement('audit_log only grows');

CREATE OR REPLACE FUNCTION record_act(act TEXT, relation TEXT, key JSONB, before JSONB, after JSONB) RETURNS VOID
LANGUAGE sql SECURITY DEFINER SET search_path = finops, pg_temp AS $$
  INSERT INTO audit_log (act, relation, key, before, after) VALUES (act, relation, key, before, after)
$$;

-- What the arguments of an audit trigger say.
CREATE OR REPLACE FUNCTION audit_act(operation TEXT, arguments TEXT[]) RETURNS TEXT LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce((SELECT substr(argument, 5) FROM unnest(arguments) AS argument WHERE argument LIKE 'act:%'), operation)
$$;

CREATE OR REPLACE FUNCTION audit_ignored(arguments TEXT[]) RETURNS TEXT[] LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(array_agg(substr(argument, 8)), '{}') FROM unnest(arguments) AS argument WHERE argument LIKE 'ignore:%'
$$;

CREATE OR REPLACE FUNCTION audit_key(line JSONB, arguments TEXT[]) RETURNS JSONB LANGUAGE sql IMMUTABLE AS $$
  SELECT jsonb_object_agg(argument, line -> argument) FROM unnest(arguments) AS argument WHERE argument NOT LIKE '%:%'
$$;

CREATE OR REPLACE FUNCTION audit_row() RETURNS TRIGGER
LANGUAGE plpgsql SECURITY DEFINER SET search_path = finops, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  before JSONB := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
  after JSONB := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
BEGIN
  IF before - audit_ignored(TG_ARGV) IS DISTINCT FROM after - audit_ignored(TG_ARGV) THEN
    PERFORM record_act(
      audit_act(TG_OP, TG_ARGV), TG_TABLE_NAME, audit_key(coalesce(after, before), TG_ARGV), before, after);
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION audit_statement() RETURNS TRIGGER
LANGUAGE plpgsql SECURITY DEFINER SET search_path = finops, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  ignored TEXT[] := audit_ignored(TG_ARGV);
  act TEXT := audit_act(TG_OP, TG_ARGV);
  is_inferring BOOLEAN;
BEGIN
  IF TG_OP = 'INSERT' THEN
    is_inferring := 'skip:publication' = ANY(TG_ARGV)
      AND EXISTS (SELECT FROM slice_publication WHERE transaction_id = pg_current_xact_id());
    INSERT INTO audit_log (act, relation, key, after)
    SELECT act, TG_TABLE_NAME, added.key, added.line
    FROM (SELECT audit_key(to_jsonb(new_rows), TG_ARGV) AS key, to_jsonb(new_rows) AS line FROM new_rows) AS added
    WHERE NOT is_inferring OR EXISTS (
      SELECT FROM audit_log AS earlier
      WHERE earlier.relation = TG_TABLE_NAME AND earlier.key = added.key AND earlier.act = 'DELETE'
    );
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO audit_log (act, relation, key, before)
    SELECT act, TG_TABLE_NAME, audit_key(line, TG_ARGV), line
    FROM (SELECT to_jsonb(old_rows) AS line FROM old_rows) AS removed;
  ELSE
    -- what did not change is left out first: a key costs more than a comparison
    INSERT INTO audit_log (act, relation, key, before, after)
    WITH told AS MATERIALIZED (
      SELECT to_jsonb(new_rows) - ignored AS line FROM new_rows
      EXCEPT
      SELECT to_jsonb(old_rows) - ignored FROM old_rows
    ),
    -- joined, not IN: past some thousand rows a subplan is no longer hashed
    afterwards AS MATERIALIZED (
      SELECT audit_key(changed.line, TG_ARGV) AS key, changed.line
      FROM (SELECT to_jsonb(new_rows) AS line FROM new_rows) AS changed
      JOIN told ON told.line = changed.line - ignored
    ),
    beforehand AS MATERIALIZED (
      SELECT audit_key(to_jsonb(old_rows), TG_ARGV) AS key, to_jsonb(old_rows) AS line
      FROM old_rows
      WHERE EXISTS (SELECT FROM told)
    )
    SELECT act, TG_TABLE_NAME, key, beforehand.line, afterwards.line
    FROM afterwards
    JOIN beforehand USING (key);
  END IF;
  RETURN NULL;
END $$;

-- A trigger with transition tables is for one event: three triggers audit a table.
CREATE OR REPLACE FUNCTION audit_statements(relation TEXT, VARIADIC arguments TEXT[]) RETURNS VOID
LANGUAGE plpgsql SET search_path = finops, pg_temp AS $$
DECLARE
  quoted TEXT := (SELECT string_agg(quote_literal(argument), ', ') FROM unnest(arguments) AS argument);
  event TEXT;
  tables TEXT;
BEGIN
  FOR event, tables IN
    VALUES ('INSERT', 'NEW TABLE AS new_rows'), ('DELETE', 'OLD TABLE AS old_rows'),
           ('UPDATE', 'OLD TABLE AS old_rows NEW TABLE AS new_rows')
  LOOP
    EXECUTE format(
      'CREATE OR REPLACE TRIGGER %I AFTER %s ON %I REFERENCING %s
       FOR EACH STATEMENT EXECUTE FUNCTION audit_statement(%s)',
      'audited_' || lower(event), event, relation, tables, quoted);
  END LOOP;
END $$;

CREATE OR REPLACE TRIGGER audited AFTER INSERT OR UPDATE OR DELETE ON dim_domain
FOR EACH ROW EXECUTE FUNCTION audit_row('domain_id');
CREATE OR REPLACE TRIGGER audited AFTER INSERT OR UPDATE OR DELETE ON pricing_view
FOR EACH ROW EXECUTE FUNCTION audit_row('pricing_view_id');

DO $$
BEGIN
  -- a member that a publication infers is no act; a label, family or owner that it brings is
  PERFORM audit_statements('dim_family', 'domain_id', 'family_id', 'ignore:described_in', 'skip:publication');
  PERFORM audit_statements(
    'dim_product', 'domain_id', 'product_id', 'ignore:described_in', 'ignore:in_referential', 'skip:publication');
  PERFORM audit_statements('dim_application', 'application_id', 'skip:publication');
END $$;

-- A month that comes to be is no act; one that is closed or opened again is.
CREATE OR REPLACE TRIGGER audited_close AFTER UPDATE ON period
FOR EACH ROW WHEN (OLD.status = 'OPEN' AND NEW.status = 'CLOSED')
EXECUTE FUNCTION audit_row('period_month', 'act:CLOSE');
CREATE OR REPLACE TRIGGER audited_reopen AFTER UPDATE ON period
FOR EACH ROW WHEN (OLD.status = 'CLOSED' AND NEW.status = 'OPEN')
EXECUTE FUNCTION audit_row('period_month', 'act:REOPEN');

-- Prices: one act per statement, however many rows it publishes. Statements take turns, so the numbers from the first
-- price to the last are the statement's own; their hash is what a check recomputes.
CREATE OR REPLACE FUNCTION price_line(
  id BIGINT, view TEXT, domain TEXT, product TEXT, month DATE, revision INTEGER, price NUMERIC, source TEXT,
  published_at TIMESTAMPTZ, published_by TEXT
) RETURNS TEXT LANGUAGE sql STABLE AS $$
  SELECT concat_ws(E'\x1f', id, view, domain, product, to_char(month, 'YYYY-MM-DD'), revision,
                   price::NUMERIC(30, 12), source, extract(EPOCH FROM published_at), published_by) || E'\n'
$$;

CREATE OR REPLACE FUNCTION audit_prices() RETURNS TRIGGER
LANGUAGE plpgsql SECURITY DEFINER SET search_path = finops, pg_temp AS $$
BEGIN
  INSERT INTO audit_log (act, relation, key, after)
  SELECT
    'PUBLISH',
    TG_TABLE_NAME,
    jsonb_build_object('price_ids', jsonb_build_array(min(price_id), max(price_id))),
    jsonb_build_object(
      'prices', count(*),
      'pricing_views', jsonb_agg(DISTINCT pricing_view_id),
      'domains', jsonb_agg(DISTINCT domain_id),
      'sources', jsonb_agg(DISTINCT source_name),
      'first_month', min(effective_from),
      'last_month', max(effective_from),
      'corrections', count(*) FILTER (WHERE revision > 1),
      'sha256', encode(sha256(convert_to(string_agg(
        price_line(price_id, pricing_view_id, domain_id, product_id, effective_from, revision, unit_price, source_name,
                   published_at, published_by),
        '' ORDER BY price_id), 'UTF8')), 'hex'))
  FROM added
  HAVING count(*) > 0;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER audited AFTER INSERT ON unit_price
REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION audit_prices();

-- What the acts are of, as it stands: a check compares it with the last act on each. Instants as the log writes them, and
-- nothing that the log does not show to whoever reads it.
CREATE OR REPLACE FUNCTION administered() RETURNS TABLE (relation TEXT, key JSONB, line JSONB)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = finops, pg_temp SET timezone = 'UTC' AS $$
  SELECT 'dim_domain', jsonb_build_object('domain_id', domain_id), to_jsonb(dim_domain)
  FROM dim_domain
  UNION ALL
  SELECT 'dim_family', jsonb_build_object('domain_id', domain_id, 'family_id', family_id), to_jsonb(dim_family)
  FROM dim_family
  UNION ALL
  SELECT 'dim_product', jsonb_build_object('domain_id', domain_id, 'product_id', product_id), to_jsonb(dim_product)
  FROM dim_product
  UNION ALL
  SELECT 'dim_application', jsonb_build_object('application_id', application_id), to_jsonb(dim_application)
  FROM dim_application
  UNION ALL
  SELECT 'pricing_view', jsonb_build_object('pricing_view_id', pricing_view_id), to_jsonb(pricing_view)
  FROM pricing_view
  UNION ALL
  SELECT 'period', jsonb_build_object('period_month', period_month), to_jsonb(period)
  FROM period
  UNION ALL
  SELECT 'quarantine_decision', jsonb_build_object('decision_id', decision_id), to_jsonb(quarantine_decision)
  FROM quarantine_decision
  UNION ALL
  SELECT
    'invoice',
    jsonb_build_object('period_month', period_month, 'domain_id', domain_id, 'pricing_view_id', pricing_view_id,
                       'revision', revision),
    to_jsonb(invoice)
  FROM invoice
  UNION ALL
  SELECT 'adjustment', jsonb_build_object('adjustment_id', adjustment_id), to_jsonb(adjustment)
  FROM adjustment
  UNION ALL
  SELECT
    'adjustment_amount',
    jsonb_build_object('adjustment_id', adjustment_id, 'pricing_view_id', pricing_view_id),
    to_jsonb(adjustment_amount)
  FROM adjustment_amount
  UNION ALL
  SELECT
    'application_access',
    jsonb_build_object('principal', principal, 'application_id', application_id),
    to_jsonb(application_access)
  FROM application_access
  UNION ALL
  SELECT 'api_key', jsonb_build_object('key_id', key_id), to_jsonb(api_key)
  FROM api_key
$$;
