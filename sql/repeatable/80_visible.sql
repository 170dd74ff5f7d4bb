-- What a person sees. finops_reader has the schema finops_visible and nothing else: views under the names of
-- finops, so a query written for finops shows a person his part of it. Their columns are written out: a column
-- that a table gets later is seen by no one until it is named here.
--
-- Who asks is finops.principals, set for one transaction: a JSON array of the user and his groups. Where it is
-- unset or anything else, nothing is visible. Rows of an application are seen by its owner, and by those
-- application_access names for it, or for *; totals by domain, family and product, and what describes them, by every principal.
--
-- The views are security barriers: no function of the reader's, and no error, sees a row before it is let through.

CREATE OR REPLACE TRIGGER audited AFTER INSERT OR UPDATE OR DELETE ON application_access
FOR EACH ROW EXECUTE FUNCTION audit_row('principal', 'application_id');
CREATE OR REPLACE TRIGGER granted_or_revoked BEFORE UPDATE OR TRUNCATE ON application_access
FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement('access is granted and revoked, row by row');

CREATE OR REPLACE FUNCTION principals() RETURNS TEXT[]
LANGUAGE plpgsql STABLE SET search_path = finops, pg_temp AS $$
DECLARE
  told JSONB;
BEGIN
  told := nullif(current_setting('finops.principals', TRUE), '')::JSONB;
  IF jsonb_typeof(told) = 'array'
     AND NOT EXISTS (SELECT FROM jsonb_array_elements(told) AS one WHERE jsonb_typeof(one) <> 'string' OR one = '""') THEN
    RETURN ARRAY(SELECT jsonb_array_elements_text(told));
  END IF;
  RETURN '{}';
EXCEPTION WHEN OTHERS THEN
  RETURN '{}';
END $$;

CREATE OR REPLACE FUNCTION is_somebody() RETURNS BOOLEAN
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = finops, pg_temp AS $$
  SELECT cardinality(principals()) > 0
$$;

CREATE OR REPLACE FUNCTION sees_every_application() RETURNS BOOLEAN
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = finops, pg_temp AS $$
  SELECT EXISTS (SELECT FROM application_access WHERE application_id = '*' AND principal = ANY(principals()))
$$;

CREATE OR REPLACE FUNCTION seen_applications() RETURNS SETOF TEXT
LANGUAGE sql STABLE ROWS 20 SECURITY DEFINER SET search_path = finops, pg_temp AS $$
  SELECT application_id FROM application_access WHERE principal = ANY(principals())
  UNION
  SELECT application_id FROM dim_application WHERE owner = ANY(principals())
$$;

DO $$
DECLARE
  earlier REGCLASS;
BEGIN
  FOR earlier IN SELECT oid FROM pg_class WHERE relnamespace = 'finops_visible'::REGNAMESPACE AND relkind = 'v' LOOP
    EXECUTE format('DROP VIEW %s', earlier);
  END LOOP;
END $$;

-- By application.

CREATE VIEW finops_visible.fact_consumption WITH (security_barrier) AS
SELECT
  period_month, domain_id, family_id, product_id, application_id, quantity, consumption_type, consumption_metric,
  run_id, product_label_snapshot
FROM fact_consumption
WHERE (SELECT sees_every_application()) OR application_id IN (SELECT seen_applications());

CREATE VIEW finops_visible.fact_archive WITH (security_barrier) AS
SELECT
  period_month, domain_id, version, family_id, product_id, application_id, quantity, consumption_metric, run_id,
  product_label_snapshot
FROM fact_archive
WHERE (SELECT sees_every_application()) OR application_id IN (SELECT seen_applications());

CREATE VIEW finops_visible.allocation_detail WITH (security_barrier) AS
SELECT period_month, domain_id, version, application_id, driver_quantity, basis_quantity, method_key
FROM allocation_detail
WHERE (SELECT sees_every_application()) OR application_id IN (SELECT seen_applications());

CREATE VIEW finops_visible.allocation_component WITH (security_barrier) AS
SELECT
  period_month, domain_id, version, application_id, component, driver, part, driver_quantity, basis_quantity,
  weight_part
FROM allocation_component
WHERE (SELECT sees_every_application()) OR application_id IN (SELECT seen_applications());

CREATE VIEW finops_visible.mv_cost_app_month WITH (security_barrier) AS
SELECT
  period_month, pricing_view_id, currency, domain_id, domain_mode, application_id, cost, line_count, unpriced_count
FROM mv_cost_app_month
WHERE (SELECT sees_every_application()) OR application_id IN (SELECT seen_applications());

CREATE VIEW finops_visible.cost_total_month WITH (security_barrier) AS
SELECT period_month, pricing_view_id, application_id, cost, line_count, unpriced_count
FROM cost_total_month
WHERE (SELECT sees_every_application()) OR application_id IN (SELECT seen_applications());

CREATE VIEW finops_visible.dim_application WITH (security_barrier) AS
SELECT application_id, application_label, owner, is_active, created_at, is_inferred
FROM dim_application
WHERE (SELECT sees_every_application()) OR application_id IN (SELECT seen_applications());

CREATE VIEW finops_visible.shown_fact WITH (security_barrier) AS
SELECT
  period_month, domain_id, family_id, product_id, application_id, quantity, consumption_metric, product_label_snapshot
FROM shown_fact
WHERE (SELECT sees_every_application()) OR application_id IN (SELECT seen_applications());

CREATE VIEW finops_visible.adjustment_line WITH (security_barrier) AS
SELECT
  adjustment_id, period_month, original_month, domain_id, application_id, product_id, quantity, pricing_view_id, amount
FROM adjustment_line
WHERE (SELECT sees_every_application()) OR application_id IN (SELECT seen_applications());

CREATE VIEW finops_visible.statement WITH (security_barrier) AS
SELECT
  period_month, close_number, pricing_view_id, domain_id, application_id, original_month, cost, rounded_cost, currency,
  line_count, unpriced_count
FROM statement
WHERE (SELECT sees_every_application()) OR application_id IN (SELECT seen_applications());

-- Of no application, for every principal.

CREATE VIEW finops_visible.mv_cost_domain_month WITH (security_barrier) AS
SELECT period_month, pricing_view_id, currency, domain_id, domain_mode, cost, line_count, unpriced_count
FROM mv_cost_domain_month
WHERE (SELECT is_somebody());

CREATE VIEW finops_visible.mv_cost_family_month WITH (security_barrier) AS
SELECT period_month, pricing_view_id, currency, domain_id, family_id, cost, line_count, unpriced_count
FROM mv_cost_family_month
WHERE (SELECT is_somebody());

CREATE VIEW finops_visible.cost_family_month WITH (security_barrier) AS
SELECT period_month, pricing_view_id, domain_id, family_id, cost, line_count, unpriced_count
FROM cost_family_month
WHERE (SELECT is_somebody());

CREATE VIEW finops_visible.mv_history_trend WITH (security_barrier) AS
SELECT
  period_month, pricing_view_id, currency, domain_id, has_data, cost, line_count, unpriced_count, previous_cost,
  delta_cost, rolling_3_cost, rolling_12_cost
FROM mv_history_trend
WHERE (SELECT is_somebody());

CREATE VIEW finops_visible.cost_product_month WITH (security_barrier) AS
SELECT
  period_month, pricing_view_id, domain_id, family_id, product_id, quantity, unit_price, cost, line_count,
  unpriced_count, product_label
FROM cost_product_month
WHERE (SELECT is_somebody());

CREATE VIEW finops_visible.dim_domain WITH (security_barrier) AS
SELECT
  domain_id, domain_label, domain_mode, indirect_method_key, indirect_label, is_enabled, available_from, created_at
FROM dim_domain
WHERE (SELECT is_somebody());

CREATE VIEW finops_visible.dim_family WITH (security_barrier) AS
SELECT domain_id, family_id, family_label, described_in
FROM dim_family
WHERE (SELECT is_somebody());

CREATE VIEW finops_visible.dim_product WITH (security_barrier) AS
SELECT
  domain_id, product_id, product_label, family_id, consumption_metric, is_active, decommissioned_at, created_at,
  is_inferred, in_referential, described_in
FROM dim_product
WHERE (SELECT is_somebody());

CREATE VIEW finops_visible.pricing_view WITH (security_barrier) AS
SELECT pricing_view_id, pricing_view_label, currency, kind, is_default, is_draft, focus_cost, based_on, created_at
FROM pricing_view
WHERE NOT is_draft AND (SELECT is_somebody());

CREATE VIEW finops_visible.period WITH (security_barrier) AS
SELECT period_month, status
FROM period
WHERE (SELECT is_somebody());

-- Why a month was opened again may name an application.
CREATE VIEW finops_visible.period_close WITH (security_barrier) AS
SELECT
  period_month, close_number, act, person, NULL::TEXT AS reason, acted_at, facts_sha256, prices_sha256,
  statement_sha256, entry_sha256
FROM period_close
WHERE (SELECT is_somebody());

CREATE VIEW finops_visible.slice_version WITH (security_barrier) AS
SELECT period_month, domain_id, version, run_id, row_count, sum_quantity, published_at
FROM slice_version
WHERE (SELECT is_somebody());

CREATE VIEW finops_visible.mart_state WITH (security_barrier) AS
SELECT version, refreshed_at, change_number
FROM mart_state
WHERE (SELECT is_somebody());

CREATE VIEW finops_visible.mart_slice WITH (security_barrier) AS
SELECT period_month, domain_id, version, refreshed_at
FROM mart_slice
WHERE (SELECT is_somebody());

-- What is known of every slice; what a failed attempt said may quote a source line, and is not for everybody.
CREATE OR REPLACE FUNCTION finops_visible.slice_status(first_month DATE, last_month DATE, current_month DATE)
RETURNS TABLE (
  period_month DATE, domain_id TEXT, status TEXT, version INTEGER, row_count BIGINT, run_id UUID,
  reason TEXT, quarantined_count BIGINT, changed_at TIMESTAMPTZ
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = finops, pg_temp AS $$
  SELECT
    known.period_month, known.domain_id, known.status, known.version, known.row_count, known.run_id, NULL::TEXT,
    known.quarantined_count, known.changed_at
  FROM slice_status(first_month, last_month, current_month) AS known
  WHERE (SELECT is_somebody())
$$;
REVOKE ALL ON FUNCTION finops_visible.slice_status(DATE, DATE, DATE) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION finops_visible.slice_status(DATE, DATE, DATE) TO finops_reader;

-- Prices are of no application; who wrote them, and where, is not said.
CREATE OR REPLACE FUNCTION finops_visible.prices_in_force(month DATE, domain TEXT)
RETURNS TABLE (pricing_view_id TEXT, product_id TEXT, unit_price NUMERIC, price_id BIGINT)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = finops, pg_temp AS $$
  SELECT price.pricing_view_id, price.product_id, price.unit_price, price.price_id
  FROM prices_in_force(month, domain) AS price
  WHERE (SELECT is_somebody())
$$;
CREATE OR REPLACE FUNCTION finops_visible.stale_slices() RETURNS TABLE (period_month DATE, domain_id TEXT)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = finops, pg_temp AS $$
  SELECT stale.period_month, stale.domain_id FROM stale_slices() AS stale WHERE (SELECT is_somebody())
$$;
REVOKE ALL ON FUNCTION finops_visible.prices_in_force(DATE, TEXT), finops_visible.stale_slices() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION finops_visible.prices_in_force(DATE, TEXT), finops_visible.stale_slices() TO finops_reader;
CREATE OR REPLACE FUNCTION finops_visible.outdated_slices() RETURNS TABLE (
  period_month DATE, domain_id TEXT, driver_domain_id TEXT, driver_version INTEGER, current_version INTEGER,
  restated_domain_id TEXT
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = finops, pg_temp AS $$
  SELECT known.* FROM outdated_slices() AS known WHERE (SELECT is_somebody())
$$;
REVOKE ALL ON FUNCTION finops_visible.outdated_slices() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION finops_visible.outdated_slices() TO finops_reader;

GRANT USAGE ON SCHEMA finops_visible TO finops_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA finops_visible TO finops_reader;
