-- The schema after every migration, to be read and compared. Made by finops_assets_tests.database.schema_dump.

CREATE TABLE adjustment (
  adjustment_id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  period_month date NOT NULL,
  original_month date NOT NULL,
  domain_id text NOT NULL,
  application_id text NOT NULL,
  product_id text,
  quantity numeric(30,12),
  person text NOT NULL,
  reason text NOT NULL,
  booked_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  CONSTRAINT adjustment_adjustment_id_period_month_key UNIQUE (adjustment_id, period_month),
  CONSTRAINT adjustment_application_id_fkey FOREIGN KEY (application_id) REFERENCES dim_application(application_id),
  CONSTRAINT adjustment_check CHECK ((original_month < period_month)),
  CONSTRAINT adjustment_domain_id_fkey FOREIGN KEY (domain_id) REFERENCES dim_domain(domain_id),
  CONSTRAINT adjustment_domain_id_product_id_fkey FOREIGN KEY (domain_id, product_id) REFERENCES dim_product(domain_id, product_id),
  CONSTRAINT adjustment_original_month_fkey FOREIGN KEY (original_month) REFERENCES period(period_month),
  CONSTRAINT adjustment_period_month_fkey FOREIGN KEY (period_month) REFERENCES period(period_month),
  CONSTRAINT adjustment_person_check CHECK ((person <> ''::text)),
  CONSTRAINT adjustment_pkey PRIMARY KEY (adjustment_id),
  CONSTRAINT adjustment_quantity_check CHECK ((quantity <> 'NaN'::numeric)),
  CONSTRAINT adjustment_reason_check CHECK ((reason <> ''::text))
);
CREATE INDEX adjustment_by_month ON finops.adjustment USING btree (period_month, domain_id);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON finops.adjustment FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement('adjustment only grows');
CREATE TRIGGER audited AFTER INSERT ON finops.adjustment FOR EACH ROW EXECUTE FUNCTION audit_row('adjustment_id', 'act:BOOK');
CREATE TRIGGER closed_month_takes_no_insert AFTER INSERT ON finops.adjustment REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refuse_closed_month();
CREATE TRIGGER noted AFTER INSERT OR DELETE OR UPDATE ON finops.adjustment FOR EACH STATEMENT EXECUTE FUNCTION note_change();

CREATE TABLE adjustment_amount (
  adjustment_id bigint NOT NULL,
  period_month date NOT NULL,
  pricing_view_id text NOT NULL,
  amount numeric NOT NULL,
  unit_price numeric(30,12),
  price_id bigint,
  CONSTRAINT adjustment_amount_adjustment_id_period_month_fkey FOREIGN KEY (adjustment_id, period_month) REFERENCES adjustment(adjustment_id, period_month),
  CONSTRAINT adjustment_amount_amount_check CHECK ((amount <> 'NaN'::numeric)),
  CONSTRAINT adjustment_amount_pkey PRIMARY KEY (adjustment_id, pricing_view_id),
  CONSTRAINT adjustment_amount_pricing_view_id_fkey FOREIGN KEY (pricing_view_id) REFERENCES pricing_view(pricing_view_id)
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON finops.adjustment_amount FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement('adjustment_amount only grows');
CREATE TRIGGER audited AFTER INSERT ON finops.adjustment_amount FOR EACH ROW EXECUTE FUNCTION audit_row('adjustment_id', 'pricing_view_id', 'act:BOOK');
CREATE TRIGGER closed_month_takes_no_insert AFTER INSERT ON finops.adjustment_amount REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refuse_closed_month();

CREATE TABLE allocation_component (
  period_month date NOT NULL,
  domain_id text NOT NULL,
  version integer NOT NULL,
  application_id text NOT NULL,
  component integer NOT NULL,
  driver text NOT NULL,
  part numeric(30,12) NOT NULL,
  driver_quantity numeric(30,12) NOT NULL,
  basis_quantity numeric(38,12) NOT NULL,
  weight_part numeric(30,12) NOT NULL,
  CONSTRAINT allocation_component_basis_quantity_check CHECK ((basis_quantity >= (0)::numeric)),
  CONSTRAINT allocation_component_component_check CHECK ((component > 0)),
  CONSTRAINT allocation_component_driver_check CHECK ((driver <> ''::text)),
  CONSTRAINT allocation_component_driver_quantity_check CHECK ((driver_quantity >= (0)::numeric)),
  CONSTRAINT allocation_component_part_check CHECK ((part > (0)::numeric)),
  CONSTRAINT allocation_component_period_month_domain_id_version_fkey FOREIGN KEY (period_month, domain_id, version) REFERENCES slice_version(period_month, domain_id, version),
  CONSTRAINT allocation_component_pkey PRIMARY KEY (period_month, domain_id, version, application_id, component),
  CONSTRAINT allocation_component_weight_part_check CHECK (((weight_part >= (0)::numeric) AND (weight_part <= (1)::numeric)))
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON finops.allocation_component FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement('allocation_component only grows');
CREATE TRIGGER closed_month_takes_no_insert AFTER INSERT ON finops.allocation_component REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refuse_closed_month();
CREATE TRIGGER of_the_publication AFTER INSERT ON finops.allocation_component REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION guard_lineage('SEALED');

CREATE TABLE allocation_detail (
  period_month date NOT NULL,
  domain_id text NOT NULL,
  version integer NOT NULL,
  application_id text NOT NULL,
  driver_quantity numeric(30,12) NOT NULL,
  basis_quantity numeric(38,12) NOT NULL,
  method_key text NOT NULL,
  CONSTRAINT allocation_detail_period_month_domain_id_version_fkey FOREIGN KEY (period_month, domain_id, version) REFERENCES slice_version(period_month, domain_id, version),
  CONSTRAINT allocation_detail_pkey PRIMARY KEY (period_month, domain_id, version, application_id)
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON finops.allocation_detail FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement('allocation_detail only grows');
CREATE TRIGGER closed_month_takes_no_insert AFTER INSERT ON finops.allocation_detail REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refuse_closed_month();
CREATE TRIGGER of_the_publication AFTER INSERT ON finops.allocation_detail REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION guard_lineage('SEALED');

CREATE TABLE api_key (
  key_id text NOT NULL,
  name text NOT NULL,
  secret_sha256 bytea NOT NULL,
  role text NOT NULL,
  principals text[] NOT NULL,
  created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  expires_at timestamp with time zone,
  revoked_at timestamp with time zone,
  CONSTRAINT api_key_key_id_check CHECK ((key_id ~ '^[0-9a-f]{12}$'::text)),
  CONSTRAINT api_key_name_check CHECK ((name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$'::text)),
  CONSTRAINT api_key_name_key UNIQUE (name),
  CONSTRAINT api_key_pkey PRIMARY KEY (key_id),
  CONSTRAINT api_key_principals_check CHECK (((array_position(principals, NULL::text) IS NULL) AND (NOT (principals && ARRAY[''::text, '*'::text])))),
  CONSTRAINT api_key_role_check CHECK ((role = ANY (ARRAY['application-owner'::text, 'viewer'::text, 'admin'::text]))),
  CONSTRAINT api_key_secret_sha256_check CHECK ((octet_length(secret_sha256) = 32))
);
CREATE TRIGGER audited AFTER INSERT OR UPDATE ON finops.api_key FOR EACH ROW EXECUTE FUNCTION audit_row('key_id');
CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON finops.api_key FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement('a key is revoked, and stays');
CREATE TRIGGER revoked_once BEFORE UPDATE ON finops.api_key FOR EACH ROW EXECUTE FUNCTION guard_api_key();

CREATE TABLE application_access (
  principal text NOT NULL,
  application_id text NOT NULL,
  granted_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  CONSTRAINT application_access_application_id_check CHECK (((length(application_id) >= 1) AND (length(application_id) <= 200))),
  CONSTRAINT application_access_pkey PRIMARY KEY (principal, application_id),
  CONSTRAINT application_access_principal_check CHECK ((((length(principal) >= 1) AND (length(principal) <= 300)) AND (principal <> '*'::text) AND (principal !~ '^\s|\s$'::text)))
);
CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE ON finops.application_access FOR EACH ROW EXECUTE FUNCTION audit_row('principal', 'application_id');
CREATE TRIGGER granted_or_revoked BEFORE UPDATE OR TRUNCATE ON finops.application_access FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement('access is granted and revoked, row by row');
CREATE TRIGGER noted AFTER INSERT OR DELETE OR UPDATE ON finops.application_access FOR EACH STATEMENT EXECUTE FUNCTION note_change();

CREATE TABLE audit_log (
  audit_id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  acted_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  login text DEFAULT SESSION_USER NOT NULL,
  person text DEFAULT COALESCE(NULLIF(current_setting('finops.person'::text, true), ''::text), (SESSION_USER)::text) NOT NULL,
  reason text DEFAULT NULLIF(current_setting('finops.reason'::text, true), ''::text),
  act text NOT NULL,
  relation text NOT NULL,
  key jsonb NOT NULL,
  before jsonb,
  after jsonb,
  CONSTRAINT audit_log_act_check CHECK ((act <> ''::text)),
  CONSTRAINT audit_log_pkey PRIMARY KEY (audit_id),
  CONSTRAINT audit_log_relation_check CHECK ((relation <> ''::text))
);
CREATE INDEX audit_log_by_relation ON finops.audit_log USING btree (relation, acted_at);
CREATE INDEX audit_log_by_time ON finops.audit_log USING btree (acted_at);
CREATE INDEX audit_log_of_deletions ON finops.audit_log USING btree (relation, key) WHERE (act = 'DELETE'::text);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON finops.audit_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement('audit_log only grows');
CREATE TRIGGER noted AFTER INSERT OR DELETE OR UPDATE ON finops.audit_log FOR EACH STATEMENT EXECUTE FUNCTION note_change();
CREATE TRIGGER sealed AFTER INSERT ON finops.audit_log REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION seal_acts();

CREATE TABLE audit_seal (
  audit_id bigint NOT NULL,
  line_sha256 bytea NOT NULL,
  CONSTRAINT audit_seal_line_sha256_check CHECK ((length(line_sha256) = 32)),
  CONSTRAINT audit_seal_pkey PRIMARY KEY (audit_id)
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON finops.audit_seal FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement('audit_seal only grows');

CREATE TABLE change_notice (
  transaction_id xid8 DEFAULT pg_current_xact_id() NOT NULL,
  CONSTRAINT change_notice_pkey PRIMARY KEY (transaction_id)
);
CREATE CONSTRAINT TRIGGER numbered AFTER INSERT ON finops.change_notice DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION number_change();

CREATE TABLE cost_app_month (
  period_month date NOT NULL,
  pricing_view_id text NOT NULL,
  domain_id text NOT NULL,
  application_id text NOT NULL,
  cost numeric,
  line_count bigint NOT NULL,
  unpriced_count bigint NOT NULL
) PARTITION BY RANGE (period_month);
CREATE UNIQUE INDEX cost_app_month_grain ON ONLY finops.cost_app_month USING btree (application_id, pricing_view_id, period_month, domain_id);
CREATE INDEX cost_app_month_slice ON ONLY finops.cost_app_month USING btree (period_month, domain_id, pricing_view_id, cost DESC);

CREATE TABLE cost_family_month (
  period_month date NOT NULL,
  pricing_view_id text NOT NULL,
  domain_id text NOT NULL,
  family_id text,
  cost numeric,
  line_count bigint NOT NULL,
  unpriced_count bigint NOT NULL
);
CREATE UNIQUE INDEX cost_family_month_grain ON finops.cost_family_month USING btree (period_month, domain_id, pricing_view_id, family_id) NULLS NOT DISTINCT;

CREATE TABLE cost_product_month (
  period_month date NOT NULL,
  pricing_view_id text NOT NULL,
  domain_id text NOT NULL,
  family_id text,
  product_id text,
  quantity numeric NOT NULL,
  unit_price numeric(30,12),
  cost numeric,
  line_count bigint NOT NULL,
  unpriced_count bigint NOT NULL,
  product_label text
);
CREATE UNIQUE INDEX cost_product_month_grain ON finops.cost_product_month USING btree (period_month, domain_id, pricing_view_id, product_id, family_id) NULLS NOT DISTINCT;

CREATE TABLE cost_total_month (
  period_month date NOT NULL,
  pricing_view_id text NOT NULL,
  application_id text NOT NULL,
  cost numeric,
  line_count bigint NOT NULL,
  unpriced_count bigint NOT NULL
);
CREATE UNIQUE INDEX cost_total_month_grain ON finops.cost_total_month USING btree (application_id, pricing_view_id, period_month);
CREATE INDEX cost_total_month_of_month ON finops.cost_total_month USING btree (period_month, pricing_view_id);

CREATE TABLE dim_application (
  application_id text NOT NULL,
  application_label text NOT NULL,
  owner text,
  is_active boolean DEFAULT true NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  is_inferred boolean DEFAULT false NOT NULL,
  held_by text,
  described_by text,
  CONSTRAINT dim_application_application_id_check CHECK (((length(application_id) >= 1) AND (length(application_id) <= 200))),
  CONSTRAINT dim_application_application_label_check CHECK ((application_label <> ''::text)),
  CONSTRAINT dim_application_described_by_check CHECK ((described_by <> ''::text)),
  CONSTRAINT dim_application_held_by_check CHECK ((held_by <> ''::text)),
  CONSTRAINT dim_application_pkey PRIMARY KEY (application_id)
);
CREATE INDEX dim_application_owner ON finops.dim_application USING btree (owner);
CREATE TRIGGER audited_delete AFTER DELETE ON finops.dim_application REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_statement('application_id', 'skip:publication');
CREATE TRIGGER audited_insert AFTER INSERT ON finops.dim_application REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_statement('application_id', 'skip:publication');
CREATE TRIGGER audited_update AFTER UPDATE ON finops.dim_application REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_statement('application_id', 'skip:publication');
CREATE TRIGGER cited_members_stay BEFORE DELETE ON finops.dim_application FOR EACH ROW EXECUTE FUNCTION refuse_delete_of_cited('application_id');
CREATE TRIGGER identity_is_stable BEFORE UPDATE ON finops.dim_application FOR EACH ROW EXECUTE FUNCTION refuse_new_identity('application_id');
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON finops.dim_application FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement('members are deactivated');
CREATE TRIGGER publications_wait BEFORE DELETE ON finops.dim_application FOR EACH STATEMENT EXECUTE FUNCTION hold_publications_back();

CREATE TABLE dim_domain (
  domain_id text NOT NULL,
  domain_label text NOT NULL,
  domain_mode text NOT NULL,
  indirect_method_key text,
  indirect_label text,
  is_enabled boolean DEFAULT false NOT NULL,
  available_from date NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT dim_domain_available_from_check CHECK ((available_from = date_trunc('month'::text, (available_from)::timestamp with time zone))),
  CONSTRAINT dim_domain_check CHECK (((domain_mode = 'INDIRECT'::text) = (indirect_method_key IS NOT NULL))),
  CONSTRAINT dim_domain_check1 CHECK (((domain_mode = 'INDIRECT'::text) = (indirect_label IS NOT NULL))),
  CONSTRAINT dim_domain_domain_id_check CHECK ((domain_id ~ '^[A-Z][A-Z0-9_]{0,39}$'::text)),
  CONSTRAINT dim_domain_domain_id_domain_mode_key UNIQUE (domain_id, domain_mode),
  CONSTRAINT dim_domain_domain_label_check CHECK ((domain_label <> ''::text)),
  CONSTRAINT dim_domain_domain_mode_check CHECK ((domain_mode = ANY (ARRAY['DIRECT'::text, 'INDIRECT'::text]))),
  CONSTRAINT dim_domain_pkey PRIMARY KEY (domain_id)
);
CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE ON finops.dim_domain FOR EACH ROW EXECUTE FUNCTION audit_row('domain_id');
CREATE TRIGGER cited_members_stay BEFORE DELETE ON finops.dim_domain FOR EACH ROW EXECUTE FUNCTION refuse_delete_of_cited('domain_id');
CREATE TRIGGER identity_is_stable BEFORE UPDATE ON finops.dim_domain FOR EACH ROW EXECUTE FUNCTION refuse_new_identity('domain_id');
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON finops.dim_domain FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement('members are deactivated');
CREATE TRIGGER noted AFTER INSERT OR DELETE OR UPDATE ON finops.dim_domain FOR EACH STATEMENT EXECUTE FUNCTION note_change();
CREATE TRIGGER publications_wait BEFORE DELETE ON finops.dim_domain FOR EACH STATEMENT EXECUTE FUNCTION hold_publications_back();
CREATE TRIGGER published_stays_valid BEFORE UPDATE ON finops.dim_domain FOR EACH ROW EXECUTE FUNCTION guard_domain();

CREATE TABLE dim_family (
  domain_id text NOT NULL,
  family_id text NOT NULL,
  family_label text NOT NULL,
  described_in date,
  CONSTRAINT dim_family_domain_id_fkey FOREIGN KEY (domain_id) REFERENCES dim_domain(domain_id),
  CONSTRAINT dim_family_family_id_check CHECK (((length(family_id) >= 1) AND (length(family_id) <= 200))),
  CONSTRAINT dim_family_family_label_check CHECK ((family_label <> ''::text)),
  CONSTRAINT dim_family_pkey PRIMARY KEY (domain_id, family_id)
);
CREATE TRIGGER audited_delete AFTER DELETE ON finops.dim_family REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_statement('domain_id', 'family_id', 'ignore:described_in', 'skip:publication');
CREATE TRIGGER audited_insert AFTER INSERT ON finops.dim_family REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_statement('domain_id', 'family_id', 'ignore:described_in', 'skip:publication');
CREATE TRIGGER audited_update AFTER UPDATE ON finops.dim_family REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_statement('domain_id', 'family_id', 'ignore:described_in', 'skip:publication');
CREATE TRIGGER cited_members_stay BEFORE DELETE ON finops.dim_family FOR EACH ROW EXECUTE FUNCTION refuse_delete_of_cited('family_id');
CREATE TRIGGER identity_is_stable BEFORE UPDATE ON finops.dim_family FOR EACH ROW EXECUTE FUNCTION refuse_new_identity('domain_id', 'family_id');
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON finops.dim_family FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement('members are deactivated');
CREATE TRIGGER publications_wait BEFORE DELETE ON finops.dim_family FOR EACH STATEMENT EXECUTE FUNCTION hold_publications_back();

CREATE TABLE dim_product (
  domain_id text NOT NULL,
  product_id text NOT NULL,
  product_label text NOT NULL,
  family_id text NOT NULL,
  consumption_metric text NOT NULL,
  is_active boolean DEFAULT true NOT NULL,
  decommissioned_at date,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  is_inferred boolean DEFAULT false NOT NULL,
  in_referential boolean DEFAULT false NOT NULL,
  described_in date,
  held_by text,
  described_by text,
  CONSTRAINT dim_product_consumption_metric_check CHECK ((consumption_metric <> ''::text)),
  CONSTRAINT dim_product_described_by_check CHECK ((described_by <> ''::text)),
  CONSTRAINT dim_product_domain_id_family_id_fkey FOREIGN KEY (domain_id, family_id) REFERENCES dim_family(domain_id, family_id),
  CONSTRAINT dim_product_domain_id_fkey FOREIGN KEY (domain_id) REFERENCES dim_domain(domain_id),
  CONSTRAINT dim_product_held_by_check CHECK ((held_by <> ''::text)),
  CONSTRAINT dim_product_pkey PRIMARY KEY (domain_id, product_id),
  CONSTRAINT dim_product_product_id_check CHECK ((((length(product_id) >= 1) AND (length(product_id) <= 240)) AND (product_id <> '*'::text))),
  CONSTRAINT dim_product_product_label_check CHECK ((product_label <> ''::text))
);
CREATE TRIGGER audited_delete AFTER DELETE ON finops.dim_product REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_statement('domain_id', 'product_id', 'ignore:described_in', 'ignore:in_referential', 'skip:publication');
CREATE TRIGGER audited_insert AFTER INSERT ON finops.dim_product REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_statement('domain_id', 'product_id', 'ignore:described_in', 'ignore:in_referential', 'skip:publication');
CREATE TRIGGER audited_update AFTER UPDATE ON finops.dim_product REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_statement('domain_id', 'product_id', 'ignore:described_in', 'ignore:in_referential', 'skip:publication');
CREATE TRIGGER cited_members_stay BEFORE DELETE ON finops.dim_product FOR EACH ROW EXECUTE FUNCTION refuse_delete_of_cited('product_id');
CREATE TRIGGER identity_is_stable BEFORE UPDATE ON finops.dim_product FOR EACH ROW EXECUTE FUNCTION refuse_new_identity('domain_id', 'product_id', 'consumption_metric');
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON finops.dim_product FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement('members are deactivated');
CREATE TRIGGER publications_wait BEFORE DELETE ON finops.dim_product FOR EACH STATEMENT EXECUTE FUNCTION hold_publications_back();

CREATE TABLE draft_price (
  pricing_view_id text NOT NULL,
  domain_id text NOT NULL,
  product_id text NOT NULL,
  effective_from date NOT NULL,
  unit_price numeric(30,12) NOT NULL,
  source_name text NOT NULL,
  source_line bigint NOT NULL,
  drafted_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  drafted_by text DEFAULT COALESCE(NULLIF(current_setting('finops.person'::text, true), ''::text), (SESSION_USER)::text) NOT NULL,
  CONSTRAINT draft_price_domain_id_fkey FOREIGN KEY (domain_id) REFERENCES dim_domain(domain_id),
  CONSTRAINT draft_price_effective_from_check CHECK ((effective_from = date_trunc('month'::text, (effective_from)::timestamp with time zone))),
  CONSTRAINT draft_price_pkey PRIMARY KEY (pricing_view_id, domain_id, product_id, effective_from),
  CONSTRAINT draft_price_pricing_view_id_fkey FOREIGN KEY (pricing_view_id) REFERENCES pricing_view(pricing_view_id),
  CONSTRAINT draft_price_unit_price_check CHECK ((unit_price <> 'NaN'::numeric))
);
CREATE TRIGGER drafts_are_written_again BEFORE UPDATE OR TRUNCATE ON finops.draft_price FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement('delete a line and write it again');
CREATE TRIGGER noted AFTER INSERT OR DELETE OR UPDATE ON finops.draft_price FOR EACH STATEMENT EXECUTE FUNCTION note_change();
CREATE TRIGGER one_at_a_time BEFORE INSERT OR DELETE ON finops.draft_price FOR EACH STATEMENT EXECUTE FUNCTION take_price_turn();
CREATE TRIGGER price_is_in_its_place AFTER INSERT ON finops.draft_price REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_misplaced_price();
CREATE TRIGGER price_is_sound AFTER INSERT ON finops.draft_price REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_price();

CREATE TABLE fact_archive (
  period_month date NOT NULL,
  domain_id text NOT NULL,
  version integer NOT NULL,
  family_id text,
  product_id text,
  application_id text NOT NULL,
  quantity numeric(30,12) NOT NULL,
  consumption_metric text NOT NULL,
  run_id uuid NOT NULL,
  product_label_snapshot text
);
CREATE UNIQUE INDEX fact_archive_grain ON finops.fact_archive USING btree (period_month, domain_id, version, application_id, product_id) NULLS NOT DISTINCT;
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON finops.fact_archive FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement('fact_archive only grows');
CREATE TRIGGER closed_month_takes_no_insert AFTER INSERT ON finops.fact_archive REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refuse_closed_month();

CREATE TABLE fact_consumption (
  period_month date NOT NULL,
  domain_id text NOT NULL,
  family_id text,
  product_id text,
  application_id text NOT NULL,
  quantity numeric(30,12) NOT NULL,
  consumption_type text NOT NULL,
  consumption_metric text NOT NULL,
  run_id uuid NOT NULL,
  product_label_snapshot text,
  CONSTRAINT fact_consumption_check CHECK ((((consumption_type = 'DIRECT'::text) AND (product_id IS NOT NULL) AND (family_id IS NOT NULL)) OR ((consumption_type = 'INDIRECT'::text) AND (product_id IS NULL) AND (family_id IS NULL) AND ((quantity >= (0)::numeric) AND (quantity <= (1)::numeric))))),
  CONSTRAINT fact_consumption_consumption_metric_check CHECK ((consumption_metric <> ''::text)),
  CONSTRAINT fact_consumption_period_month_check CHECK ((EXTRACT(day FROM period_month) = (1)::numeric)),
  CONSTRAINT fact_consumption_quantity_check CHECK ((quantity <> 'NaN'::numeric))
) PARTITION BY RANGE (period_month);
CREATE UNIQUE INDEX fact_grain ON ONLY finops.fact_consumption USING btree (application_id, period_month, domain_id, product_id) NULLS NOT DISTINCT;
CREATE TRIGGER facts_change_by_publication BEFORE INSERT OR DELETE OR UPDATE OR TRUNCATE ON finops.fact_consumption FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement('facts change only by publishing a slice');

CREATE TABLE invoice (
  period_month date NOT NULL,
  domain_id text NOT NULL,
  pricing_view_id text NOT NULL,
  revision integer NOT NULL,
  amount numeric(38,12),
  currency text NOT NULL,
  reference text NOT NULL,
  recorded_by text NOT NULL,
  recorded_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  CONSTRAINT invoice_amount_check CHECK ((amount <> 'NaN'::numeric)),
  CONSTRAINT invoice_domain_id_fkey FOREIGN KEY (domain_id) REFERENCES dim_domain(domain_id),
  CONSTRAINT invoice_period_month_check CHECK ((period_month = date_trunc('month'::text, (period_month)::timestamp with time zone))),
  CONSTRAINT invoice_pkey PRIMARY KEY (period_month, domain_id, pricing_view_id, revision),
  CONSTRAINT invoice_pricing_view_id_fkey FOREIGN KEY (pricing_view_id) REFERENCES pricing_view(pricing_view_id),
  CONSTRAINT invoice_recorded_by_check CHECK ((recorded_by <> ''::text)),
  CONSTRAINT invoice_revision_check CHECK ((revision > 0))
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON finops.invoice FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement('invoice only grows');
CREATE TRIGGER audited AFTER INSERT ON finops.invoice FOR EACH ROW EXECUTE FUNCTION audit_row('period_month', 'domain_id', 'pricing_view_id', 'revision', 'act:RECORD');
CREATE TRIGGER noted AFTER INSERT OR DELETE OR UPDATE ON finops.invoice FOR EACH STATEMENT EXECUTE FUNCTION note_change();

CREATE TABLE mart_slice (
  period_month date NOT NULL,
  domain_id text NOT NULL,
  version integer NOT NULL,
  price_id bigint NOT NULL,
  pricing_views text[] NOT NULL,
  refreshed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  CONSTRAINT mart_slice_domain_id_fkey FOREIGN KEY (domain_id) REFERENCES dim_domain(domain_id),
  CONSTRAINT mart_slice_pkey PRIMARY KEY (period_month, domain_id)
);
CREATE TRIGGER noted AFTER INSERT OR DELETE OR UPDATE ON finops.mart_slice FOR EACH STATEMENT EXECUTE FUNCTION note_change();

CREATE TABLE mart_state (
  is_the_row boolean DEFAULT true NOT NULL,
  version bigint NOT NULL,
  refreshed_at timestamp with time zone NOT NULL,
  change_number bigint DEFAULT 0 NOT NULL,
  CONSTRAINT mart_state_is_the_row_check CHECK (is_the_row),
  CONSTRAINT mart_state_pkey PRIMARY KEY (is_the_row)
);

CREATE TABLE period (
  period_month date NOT NULL,
  status text DEFAULT 'OPEN'::text NOT NULL,
  CONSTRAINT period_period_month_check CHECK ((period_month = date_trunc('month'::text, (period_month)::timestamp with time zone))),
  CONSTRAINT period_pkey PRIMARY KEY (period_month),
  CONSTRAINT period_status_check CHECK ((status = ANY (ARRAY['OPEN'::text, 'CLOSED'::text])))
);
CREATE TRIGGER audited_close AFTER UPDATE ON finops.period FOR EACH ROW WHEN (((old.status = 'OPEN'::text) AND (new.status = 'CLOSED'::text))) EXECUTE FUNCTION audit_row('period_month', 'act:CLOSE');
CREATE TRIGGER audited_reopen AFTER UPDATE ON finops.period FOR EACH ROW WHEN (((old.status = 'CLOSED'::text) AND (new.status = 'OPEN'::text))) EXECUTE FUNCTION audit_row('period_month', 'act:REOPEN');
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON finops.period FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement('months stay');
CREATE TRIGGER noted AFTER INSERT OR DELETE OR UPDATE ON finops.period FOR EACH STATEMENT EXECUTE FUNCTION note_change();
CREATE TRIGGER status_follows_the_acts AFTER INSERT OR DELETE OR UPDATE ON finops.period FOR EACH ROW EXECUTE FUNCTION guard_period();

CREATE TABLE period_close (
  period_month date NOT NULL,
  close_number integer NOT NULL,
  act text NOT NULL,
  person text NOT NULL,
  reason text,
  acted_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  facts_sha256 bytea NOT NULL,
  prices_sha256 bytea NOT NULL,
  statement_sha256 bytea NOT NULL,
  previous_sha256 bytea,
  entry_sha256 bytea NOT NULL,
  CONSTRAINT period_close_act_check CHECK ((act = ANY (ARRAY['CLOSE'::text, 'REOPEN'::text]))),
  CONSTRAINT period_close_check CHECK (((act = 'CLOSE'::text) OR (reason <> ''::text))),
  CONSTRAINT period_close_close_number_check CHECK ((close_number > 0)),
  CONSTRAINT period_close_facts_sha256_check CHECK ((length(facts_sha256) = 32)),
  CONSTRAINT period_close_period_month_fkey FOREIGN KEY (period_month) REFERENCES period(period_month),
  CONSTRAINT period_close_person_check CHECK ((person <> ''::text)),
  CONSTRAINT period_close_pkey PRIMARY KEY (period_month, close_number, act),
  CONSTRAINT period_close_prices_sha256_check CHECK ((length(prices_sha256) = 32)),
  CONSTRAINT period_close_statement_sha256_check CHECK ((length(statement_sha256) = 32))
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON finops.period_close FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement('period_close only grows');
CREATE TRIGGER noted AFTER INSERT OR DELETE OR UPDATE ON finops.period_close FOR EACH STATEMENT EXECUTE FUNCTION note_change();

CREATE TABLE pricing_view (
  pricing_view_id text NOT NULL,
  pricing_view_label text NOT NULL,
  currency text NOT NULL,
  kind text NOT NULL,
  is_default boolean DEFAULT false NOT NULL,
  is_draft boolean DEFAULT false NOT NULL,
  focus_cost text,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  based_on text,
  CONSTRAINT only_a_draft_is_based_on_another CHECK (((based_on IS NULL) OR is_draft)),
  CONSTRAINT pricing_view_based_on_fkey FOREIGN KEY (based_on) REFERENCES pricing_view(pricing_view_id),
  CONSTRAINT pricing_view_check CHECK ((NOT (is_default AND is_draft))),
  CONSTRAINT pricing_view_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
  CONSTRAINT pricing_view_focus_cost_check CHECK ((focus_cost = ANY (ARRAY['ListCost'::text, 'ContractedCost'::text, 'BilledCost'::text, 'EffectiveCost'::text]))),
  CONSTRAINT pricing_view_kind_check CHECK ((kind = ANY (ARRAY['list'::text, 'contracted'::text, 'billed'::text, 'effective'::text, 'internal'::text, 'what_if'::text]))),
  CONSTRAINT pricing_view_pkey PRIMARY KEY (pricing_view_id),
  CONSTRAINT pricing_view_pricing_view_id_check CHECK ((pricing_view_id ~ '^[a-z][a-z0-9_-]{0,39}$'::text)),
  CONSTRAINT pricing_view_pricing_view_label_check CHECK ((pricing_view_label <> ''::text))
);
CREATE UNIQUE INDEX one_default_pricing_view ON finops.pricing_view USING btree (is_default) WHERE is_default;
CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE ON finops.pricing_view FOR EACH ROW EXECUTE FUNCTION audit_row('pricing_view_id');
CREATE TRIGGER draft_lives_once BEFORE INSERT OR DELETE OR UPDATE ON finops.pricing_view FOR EACH ROW EXECUTE FUNCTION guard_draft();
CREATE TRIGGER identity_is_stable BEFORE UPDATE ON finops.pricing_view FOR EACH ROW EXECUTE FUNCTION refuse_new_identity('pricing_view_id', 'currency');
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON finops.pricing_view FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement('a published view stays');
CREATE TRIGGER noted AFTER INSERT OR DELETE OR UPDATE ON finops.pricing_view FOR EACH STATEMENT EXECUTE FUNCTION note_change();

CREATE TABLE quarantine_decision (
  decision_id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  quarantine_id bigint NOT NULL,
  period_month date NOT NULL,
  domain_id text NOT NULL,
  line_key text NOT NULL,
  verdict text NOT NULL,
  correction jsonb,
  decided_by text NOT NULL,
  decided_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  decision_reason text NOT NULL,
  CONSTRAINT quarantine_decision_check CHECK (((verdict = 'FIX'::text) = (correction IS NOT NULL))),
  CONSTRAINT quarantine_decision_correction_check CHECK ((correction <> '{}'::jsonb)),
  CONSTRAINT quarantine_decision_decided_by_check CHECK ((decided_by <> ''::text)),
  CONSTRAINT quarantine_decision_decision_reason_check CHECK ((decision_reason <> ''::text)),
  CONSTRAINT quarantine_decision_domain_id_fkey FOREIGN KEY (domain_id) REFERENCES dim_domain(domain_id),
  CONSTRAINT quarantine_decision_pkey PRIMARY KEY (decision_id),
  CONSTRAINT quarantine_decision_quarantine_id_fkey FOREIGN KEY (quarantine_id) REFERENCES quarantine_line(quarantine_id),
  CONSTRAINT quarantine_decision_verdict_check CHECK ((verdict = ANY (ARRAY['ACCEPT'::text, 'FIX'::text, 'REJECT'::text])))
);
CREATE INDEX quarantine_decision_in_force ON finops.quarantine_decision USING btree (period_month, domain_id, line_key, decision_id DESC);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON finops.quarantine_decision FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement('quarantine_decision only grows');
CREATE TRIGGER audited AFTER INSERT ON finops.quarantine_decision FOR EACH ROW EXECUTE FUNCTION audit_row('decision_id', 'act:DECIDE');
CREATE TRIGGER noted AFTER INSERT OR DELETE OR UPDATE ON finops.quarantine_decision FOR EACH STATEMENT EXECUTE FUNCTION note_change();

CREATE TABLE quarantine_line (
  quarantine_id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  period_month date NOT NULL,
  domain_id text NOT NULL,
  run_id uuid NOT NULL,
  file_name text NOT NULL,
  line_number bigint NOT NULL,
  column_name text NOT NULL,
  found_value text,
  reason text NOT NULL,
  source_line jsonb NOT NULL,
  is_current boolean DEFAULT true NOT NULL,
  decision text,
  decided_by text,
  decided_at timestamp with time zone,
  decision_reason text,
  line_key text NOT NULL,
  is_landed boolean DEFAULT false NOT NULL,
  CONSTRAINT quarantine_line_check CHECK (((decision IS NULL) = (decided_at IS NULL))),
  CONSTRAINT quarantine_line_decision_check CHECK ((decision = ANY (ARRAY['REPLAYED'::text, 'REJECTED'::text]))),
  CONSTRAINT quarantine_line_domain_id_fkey FOREIGN KEY (domain_id) REFERENCES dim_domain(domain_id),
  CONSTRAINT quarantine_line_pkey PRIMARY KEY (quarantine_id)
);
CREATE INDEX quarantine_line_of_slice ON finops.quarantine_line USING btree (period_month, domain_id, line_key);
CREATE INDEX quarantine_slice ON finops.quarantine_line USING btree (period_month, domain_id) WHERE is_current;
CREATE UNIQUE INDEX quarantine_waits_once ON finops.quarantine_line USING btree (period_month, domain_id, line_key) WHERE (is_current AND (decision IS NULL));
CREATE TRIGGER closed_month_takes_no_insert AFTER INSERT ON finops.quarantine_line REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refuse_closed_month();
CREATE TRIGGER closed_month_takes_no_update AFTER UPDATE ON finops.quarantine_line REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refuse_closed_month();
CREATE TRIGGER identity_is_stable BEFORE UPDATE ON finops.quarantine_line FOR EACH ROW EXECUTE FUNCTION refuse_new_identity('quarantine_id', 'period_month', 'domain_id', 'run_id', 'file_name', 'line_number', 'column_name', 'found_value', 'reason', 'source_line', 'line_key');
CREATE TRIGGER lines_stay BEFORE DELETE OR TRUNCATE ON finops.quarantine_line FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement('a line set aside is kept');
CREATE TRIGGER noted AFTER INSERT OR DELETE OR UPDATE ON finops.quarantine_line FOR EACH STATEMENT EXECUTE FUNCTION note_change();
CREATE TRIGGER sealed AFTER INSERT ON finops.quarantine_line REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION seal_quarantine();
CREATE TRIGGER sealed_again AFTER UPDATE ON finops.quarantine_line REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION seal_quarantine();

CREATE TABLE quarantine_seal (
  quarantine_id bigint NOT NULL,
  period_month date NOT NULL,
  domain_id text NOT NULL,
  line_sha256 bytea NOT NULL,
  sealed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  CONSTRAINT quarantine_seal_domain_id_fkey FOREIGN KEY (domain_id) REFERENCES dim_domain(domain_id),
  CONSTRAINT quarantine_seal_line_sha256_check CHECK ((length(line_sha256) = 32)),
  CONSTRAINT quarantine_seal_pkey PRIMARY KEY (quarantine_id),
  CONSTRAINT quarantine_seal_quarantine_id_fkey FOREIGN KEY (quarantine_id) REFERENCES quarantine_line(quarantine_id)
);
CREATE TRIGGER no_delete BEFORE DELETE OR TRUNCATE ON finops.quarantine_seal FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement('a seal stays');
CREATE TRIGGER no_insert BEFORE INSERT ON finops.quarantine_seal FOR EACH STATEMENT WHEN ((pg_trigger_depth() = 0)) EXECUTE FUNCTION refuse_statement('a seal is not for hands');
CREATE TRIGGER no_update BEFORE UPDATE ON finops.quarantine_seal FOR EACH STATEMENT WHEN ((pg_trigger_depth() = 0)) EXECUTE FUNCTION refuse_statement('a seal is not for hands');

CREATE TABLE schema_migration (
  name text NOT NULL,
  sha256 text NOT NULL,
  is_repeatable boolean NOT NULL,
  applied_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  CONSTRAINT schema_migration_pkey PRIMARY KEY (name)
);

CREATE TABLE slice_driver (
  period_month date NOT NULL,
  domain_id text NOT NULL,
  version integer NOT NULL,
  driver_domain_id text NOT NULL,
  driver_version integer NOT NULL,
  CONSTRAINT slice_driver_period_month_domain_id_version_fkey FOREIGN KEY (period_month, domain_id, version) REFERENCES slice_version(period_month, domain_id, version),
  CONSTRAINT slice_driver_pkey PRIMARY KEY (period_month, domain_id, version, driver_domain_id, driver_version)
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON finops.slice_driver FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement('slice_driver only grows');
CREATE TRIGGER closed_month_takes_no_insert AFTER INSERT ON finops.slice_driver REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refuse_closed_month();
CREATE TRIGGER of_the_publication AFTER INSERT ON finops.slice_driver REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION guard_lineage('SEALED', 'UNCHANGED');

CREATE TABLE slice_lines (
  period_month date NOT NULL,
  domain_id text NOT NULL,
  version integer NOT NULL,
  chunk integer NOT NULL,
  row_count bigint NOT NULL,
  first_application_id text,
  last_application_id text,
  lines bytea NOT NULL,
  sha256 bytea NOT NULL,
  CONSTRAINT slice_lines_check CHECK (((row_count = 0) = (first_application_id IS NULL))),
  CONSTRAINT slice_lines_check1 CHECK (((row_count = 0) = (last_application_id IS NULL))),
  CONSTRAINT slice_lines_chunk_check CHECK ((chunk > 0)),
  CONSTRAINT slice_lines_period_month_domain_id_version_fkey FOREIGN KEY (period_month, domain_id, version) REFERENCES slice_version(period_month, domain_id, version),
  CONSTRAINT slice_lines_pkey PRIMARY KEY (period_month, domain_id, version, chunk),
  CONSTRAINT slice_lines_row_count_check CHECK ((row_count >= 0)),
  CONSTRAINT slice_lines_sha256_check CHECK ((length(sha256) = 32))
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON finops.slice_lines FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement('slice_lines only grows');
CREATE TRIGGER closed_month_takes_no_insert AFTER INSERT ON finops.slice_lines REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refuse_closed_month();
CREATE TRIGGER of_the_publication AFTER INSERT ON finops.slice_lines REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION guard_lineage('SEALED');

CREATE TABLE slice_publication (
  transaction_id xid8 NOT NULL,
  period_month date NOT NULL,
  domain_id text NOT NULL,
  version integer,
  step text DEFAULT 'OPEN'::text NOT NULL,
  CONSTRAINT slice_publication_pkey PRIMARY KEY (transaction_id),
  CONSTRAINT slice_publication_step_check CHECK ((step = ANY (ARRAY['OPEN'::text, 'SEALED'::text, 'UNCHANGED'::text])))
);
CREATE CONSTRAINT TRIGGER publication_is_sealed AFTER INSERT ON finops.slice_publication DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION end_publication();

CREATE TABLE slice_run (
  run_id uuid NOT NULL,
  period_month date NOT NULL,
  domain_id text NOT NULL,
  outcome text NOT NULL,
  reason text,
  row_count bigint,
  quarantined_count bigint DEFAULT 0 NOT NULL,
  refused_count bigint DEFAULT 0 NOT NULL,
  started_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  ended_at timestamp with time zone,
  CONSTRAINT slice_run_check CHECK (((outcome = 'RUNNING'::text) = (ended_at IS NULL))),
  CONSTRAINT slice_run_domain_id_fkey FOREIGN KEY (domain_id) REFERENCES dim_domain(domain_id),
  CONSTRAINT slice_run_outcome_check CHECK ((outcome = ANY (ARRAY['RUNNING'::text, 'LOADED'::text, 'UNCHANGED'::text, 'EMPTY'::text, 'MISSING'::text, 'FAILED'::text]))),
  CONSTRAINT slice_run_pkey PRIMARY KEY (run_id, period_month, domain_id)
);
CREATE INDEX slice_run_latest ON finops.slice_run USING btree (period_month, domain_id, started_at DESC);
CREATE TRIGGER noted AFTER INSERT OR DELETE OR UPDATE ON finops.slice_run FOR EACH STATEMENT EXECUTE FUNCTION note_change();

CREATE TABLE slice_seal (
  period_month date NOT NULL,
  domain_id text NOT NULL,
  version integer NOT NULL,
  lineage_sha256 bytea NOT NULL,
  sealed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  CONSTRAINT slice_seal_lineage_sha256_check CHECK ((length(lineage_sha256) = 32)),
  CONSTRAINT slice_seal_period_month_domain_id_version_fkey FOREIGN KEY (period_month, domain_id, version) REFERENCES slice_version(period_month, domain_id, version),
  CONSTRAINT slice_seal_pkey PRIMARY KEY (period_month, domain_id, version)
);
CREATE TRIGGER no_delete BEFORE DELETE OR TRUNCATE ON finops.slice_seal FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement('a seal stays');
CREATE TRIGGER no_insert BEFORE INSERT ON finops.slice_seal FOR EACH STATEMENT WHEN ((pg_trigger_depth() = 0)) EXECUTE FUNCTION refuse_statement('a seal is not for hands');
CREATE TRIGGER no_update BEFORE UPDATE ON finops.slice_seal FOR EACH STATEMENT WHEN ((pg_trigger_depth() = 0)) EXECUTE FUNCTION refuse_statement('a seal is not for hands');

CREATE TABLE slice_source (
  period_month date NOT NULL,
  domain_id text NOT NULL,
  version integer NOT NULL,
  file_name text NOT NULL,
  sha256 bytea NOT NULL,
  bytes bigint NOT NULL,
  rows bigint NOT NULL,
  CONSTRAINT slice_source_period_month_domain_id_version_fkey FOREIGN KEY (period_month, domain_id, version) REFERENCES slice_version(period_month, domain_id, version),
  CONSTRAINT slice_source_pkey PRIMARY KEY (period_month, domain_id, version, file_name),
  CONSTRAINT slice_source_sha256_check CHECK ((length(sha256) = 32))
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON finops.slice_source FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement('slice_source only grows');
CREATE TRIGGER closed_month_takes_no_insert AFTER INSERT ON finops.slice_source REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refuse_closed_month();
CREATE TRIGGER of_the_publication AFTER INSERT ON finops.slice_source REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION guard_lineage('SEALED');

CREATE TABLE slice_version (
  period_month date NOT NULL,
  domain_id text NOT NULL,
  version integer NOT NULL,
  run_id uuid NOT NULL,
  row_count bigint NOT NULL,
  sum_quantity numeric(38,12) NOT NULL,
  content_sha256 bytea NOT NULL,
  source_sha256 bytea NOT NULL,
  previous_sha256 bytea,
  entry_sha256 bytea NOT NULL,
  published_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  CONSTRAINT slice_version_content_sha256_check CHECK ((length(content_sha256) = 32)),
  CONSTRAINT slice_version_domain_id_fkey FOREIGN KEY (domain_id) REFERENCES dim_domain(domain_id),
  CONSTRAINT slice_version_period_month_domain_id_run_id_key UNIQUE (period_month, domain_id, run_id),
  CONSTRAINT slice_version_period_month_fkey FOREIGN KEY (period_month) REFERENCES period(period_month),
  CONSTRAINT slice_version_pkey PRIMARY KEY (period_month, domain_id, version),
  CONSTRAINT slice_version_row_count_check CHECK ((row_count >= 0)),
  CONSTRAINT slice_version_source_sha256_check CHECK ((length(source_sha256) = 32)),
  CONSTRAINT slice_version_version_check CHECK ((version > 0))
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON finops.slice_version FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement('slice_version only grows');
CREATE TRIGGER closed_month_takes_no_insert AFTER INSERT ON finops.slice_version REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refuse_closed_month();
CREATE TRIGGER noted AFTER INSERT OR DELETE OR UPDATE ON finops.slice_version FOR EACH STATEMENT EXECUTE FUNCTION note_change();

CREATE TABLE statement (
  period_month date NOT NULL,
  close_number integer NOT NULL,
  pricing_view_id text NOT NULL,
  domain_id text NOT NULL,
  application_id text NOT NULL,
  original_month date NOT NULL,
  cost numeric,
  rounded_cost numeric,
  currency text NOT NULL,
  decimals integer NOT NULL,
  line_count bigint NOT NULL,
  unpriced_count bigint NOT NULL,
  CONSTRAINT statement_application_id_fkey FOREIGN KEY (application_id) REFERENCES dim_application(application_id),
  CONSTRAINT statement_check CHECK ((original_month <= period_month)),
  CONSTRAINT statement_check1 CHECK (((cost IS NULL) = (rounded_cost IS NULL))),
  CONSTRAINT statement_decimals_check CHECK (((decimals >= 0) AND (decimals <= 4))),
  CONSTRAINT statement_domain_id_fkey FOREIGN KEY (domain_id) REFERENCES dim_domain(domain_id),
  CONSTRAINT statement_pkey PRIMARY KEY (period_month, close_number, pricing_view_id, domain_id, application_id, original_month),
  CONSTRAINT statement_pricing_view_id_fkey FOREIGN KEY (pricing_view_id) REFERENCES pricing_view(pricing_view_id)
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON finops.statement FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement('statement only grows');
CREATE TRIGGER closed_month_takes_no_insert AFTER INSERT ON finops.statement REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refuse_closed_month();

CREATE TABLE statement_price (
  period_month date NOT NULL,
  close_number integer NOT NULL,
  pricing_view_id text NOT NULL,
  domain_id text NOT NULL,
  product_id text NOT NULL,
  priced_as text NOT NULL,
  effective_from date NOT NULL,
  revision integer NOT NULL,
  price_id bigint NOT NULL,
  unit_price numeric(30,12) NOT NULL,
  CONSTRAINT statement_price_pkey PRIMARY KEY (period_month, close_number, pricing_view_id, domain_id, product_id),
  CONSTRAINT statement_price_pricing_view_id_domain_id_priced_as_effect_fkey FOREIGN KEY (pricing_view_id, domain_id, priced_as, effective_from, revision) REFERENCES unit_price(pricing_view_id, domain_id, product_id, effective_from, revision)
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON finops.statement_price FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement('statement_price only grows');
CREATE TRIGGER closed_month_takes_no_insert AFTER INSERT ON finops.statement_price REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refuse_closed_month();

CREATE TABLE statement_seal (
  period_month date NOT NULL,
  close_number integer NOT NULL,
  domain_id text NOT NULL,
  statement_sha256 bytea NOT NULL,
  prices_sha256 bytea NOT NULL,
  CONSTRAINT statement_seal_domain_id_fkey FOREIGN KEY (domain_id) REFERENCES dim_domain(domain_id),
  CONSTRAINT statement_seal_pkey PRIMARY KEY (period_month, close_number, domain_id),
  CONSTRAINT statement_seal_prices_sha256_check CHECK ((length(prices_sha256) = 32)),
  CONSTRAINT statement_seal_statement_sha256_check CHECK ((length(statement_sha256) = 32))
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON finops.statement_seal FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement('statement_seal only grows');
CREATE TRIGGER closed_month_takes_no_insert AFTER INSERT ON finops.statement_seal REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refuse_closed_month();

CREATE TABLE unit_price (
  price_id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  pricing_view_id text NOT NULL,
  domain_id text NOT NULL,
  product_id text NOT NULL,
  effective_from date NOT NULL,
  revision integer NOT NULL,
  unit_price numeric(30,12) NOT NULL,
  source_name text NOT NULL,
  published_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  published_by text DEFAULT COALESCE(NULLIF(current_setting('finops.person'::text, true), ''::text), (SESSION_USER)::text) NOT NULL,
  CONSTRAINT unit_price_domain_id_fkey FOREIGN KEY (domain_id) REFERENCES dim_domain(domain_id),
  CONSTRAINT unit_price_effective_from_check CHECK ((effective_from = date_trunc('month'::text, (effective_from)::timestamp with time zone))),
  CONSTRAINT unit_price_pkey PRIMARY KEY (pricing_view_id, domain_id, product_id, effective_from, revision),
  CONSTRAINT unit_price_pricing_view_id_fkey FOREIGN KEY (pricing_view_id) REFERENCES pricing_view(pricing_view_id),
  CONSTRAINT unit_price_revision_check CHECK ((revision > 0)),
  CONSTRAINT unit_price_unit_price_check CHECK ((unit_price <> 'NaN'::numeric))
);
CREATE INDEX unit_price_by_domain ON finops.unit_price USING btree (domain_id, price_id);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON finops.unit_price FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement('unit_price only grows');
CREATE TRIGGER audited AFTER INSERT ON finops.unit_price REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION audit_prices();
CREATE TRIGGER fresh_snapshot BEFORE INSERT ON finops.unit_price FOR EACH STATEMENT EXECUTE FUNCTION need_read_committed();
CREATE TRIGGER one_at_a_time BEFORE INSERT ON finops.unit_price FOR EACH STATEMENT EXECUTE FUNCTION take_price_turn();
CREATE TRIGGER price_is_in_its_place AFTER INSERT ON finops.unit_price REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_misplaced_price();
CREATE TRIGGER price_is_sound AFTER INSERT ON finops.unit_price REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_price();

-- One row per (adjustment, published pricing view)
VIEW adjustment_line (
  adjustment_id bigint,
  period_month date,
  original_month date,
  domain_id text,
  application_id text,
  product_id text,
  quantity numeric(30,12),
  pricing_view_id text,
  amount numeric
);

-- One row per (month, pricing view, domain, application)
VIEW mv_cost_app_month (
  period_month date,
  pricing_view_id text,
  currency text,
  domain_id text,
  domain_mode text,
  application_id text,
  cost numeric,
  line_count bigint,
  unpriced_count bigint
);

-- One row per (month, pricing view, domain)
MATERIALIZED VIEW mv_cost_domain_month (
  period_month date,
  pricing_view_id text,
  currency text,
  domain_id text,
  domain_mode text,
  cost numeric,
  line_count bigint,
  unpriced_count bigint
);
CREATE UNIQUE INDEX mv_cost_domain_month_grain ON finops.mv_cost_domain_month USING btree (period_month, pricing_view_id, domain_id);

-- One row per (month, pricing view, domain, family); INDIRECT domains have no family and are not here
MATERIALIZED VIEW mv_cost_family_month (
  period_month date,
  pricing_view_id text,
  currency text,
  domain_id text,
  family_id text,
  cost numeric,
  line_count bigint,
  unpriced_count bigint
);
CREATE UNIQUE INDEX mv_cost_family_month_grain ON finops.mv_cost_family_month USING btree (period_month, pricing_view_id, domain_id, family_id);

-- One row per (month, pricing view, domain), months without data included
MATERIALIZED VIEW mv_history_trend (
  period_month date,
  pricing_view_id text,
  currency text,
  domain_id text,
  has_data boolean,
  cost numeric,
  line_count bigint,
  unpriced_count bigint,
  previous_cost numeric,
  delta_cost numeric,
  rolling_3_cost numeric,
  rolling_12_cost numeric
);
CREATE UNIQUE INDEX mv_history_trend_grain ON finops.mv_history_trend USING btree (domain_id, pricing_view_id, period_month);

-- The lines of the slice versions that the marts show
VIEW shown_fact (
  period_month date,
  domain_id text,
  family_id text,
  product_id text,
  application_id text,
  quantity numeric(30,12),
  consumption_metric text,
  product_label_snapshot text
);

FUNCTION administered() RETURNS TABLE(relation text, key jsonb, line jsonb) STABLE SECURITY DEFINER SET search_path=finops, pg_temp SET TimeZone=UTC;
FUNCTION application_state(known dim_application) RETURNS text IMMUTABLE;
FUNCTION audit_act(operation text, arguments text[]) RETURNS text IMMUTABLE;
FUNCTION audit_ignored(arguments text[]) RETURNS text[] IMMUTABLE;
FUNCTION audit_key(line jsonb, arguments text[]) RETURNS jsonb IMMUTABLE;
FUNCTION audit_line_hash(kept audit_log) RETURNS bytea STABLE;
FUNCTION audit_prices() RETURNS trigger VOLATILE SECURITY DEFINER SET search_path=finops, pg_temp;
FUNCTION audit_row() RETURNS trigger VOLATILE SECURITY DEFINER SET search_path=finops, pg_temp SET TimeZone=UTC;
FUNCTION audit_statement() RETURNS trigger VOLATILE SECURITY DEFINER SET search_path=finops, pg_temp SET TimeZone=UTC;
FUNCTION audit_statements(relation text, VARIADIC arguments text[]) RETURNS void VOLATILE SET search_path=finops, pg_temp;
FUNCTION book_adjustment(month date, domain text, application text, product text, quantity numeric, views text[], amounts numeric[], person text, reason text) RETURNS adjustment VOLATILE SECURITY DEFINER SET search_path=finops, pg_temp;
FUNCTION book_in_force(book text, first_month date, last_month date, known_before timestamp with time zone, last_revision integer) RETURNS TABLE(period_month date, domain_id text, product_id text, effective_from date, revision integer, unit_price numeric, source_name text, source_line bigint, published_at timestamp with time zone, published_by text, is_drafted boolean) STABLE SET search_path=finops, pg_temp;
FUNCTION canonical_line(application text, product text, family text, quantity numeric, metric text) RETURNS text STABLE;
FUNCTION citations(relation text, domain text, member text) RETURNS TABLE(kind text, row_count bigint, first_month date, last_month date) STABLE SET search_path=finops, pg_temp;
FUNCTION close_blockers(month date, current_month date, tolerated_amount numeric, tolerated_share numeric) RETURNS TABLE(blocker text, domain_id text, subject text, line_count bigint) STABLE SET search_path=finops, pg_temp;
FUNCTION close_period(month date, current_month date, person text, reason text, tolerated_amount numeric, tolerated_share numeric) RETURNS period_close VOLATILE SECURITY DEFINER SET search_path=finops, pg_temp;
FUNCTION closed_month_changed(domain text, month date) RETURNS date STABLE SET search_path=finops, pg_temp;
FUNCTION decide_quarantine(lines bigint[], asked text, fixed jsonb) RETURNS SETOF quarantine_line VOLATILE SECURITY DEFINER SET search_path=finops, pg_temp;
FUNCTION end_publication() RETURNS trigger VOLATILE SECURITY DEFINER SET search_path=finops, pg_temp;
FUNCTION ensure_slice(month date, domain text) RETURNS text VOLATILE SECURITY DEFINER SET search_path=finops, pg_temp;
FUNCTION entry_hash(previous bytea, month date, domain text, version integer, run uuid, lines bigint, quantity numeric, content bytea, source bytea) RETURNS bytea IMMUTABLE;
FUNCTION guard_api_key() RETURNS trigger VOLATILE SET search_path=finops, pg_temp;
FUNCTION guard_domain() RETURNS trigger VOLATILE SECURITY DEFINER SET search_path=finops, pg_temp;
FUNCTION guard_draft() RETURNS trigger VOLATILE SECURITY DEFINER SET search_path=finops, pg_temp;
FUNCTION guard_lineage() RETURNS trigger VOLATILE SECURITY DEFINER SET search_path=finops, pg_temp;
FUNCTION guard_period() RETURNS trigger VOLATILE SECURITY DEFINER SET search_path=finops, pg_temp;
FUNCTION guard_slice() RETURNS trigger VOLATILE SECURITY DEFINER SET search_path=finops, pg_temp;
FUNCTION hold_period(month date) RETURNS text VOLATILE SECURITY DEFINER SET search_path=finops, pg_temp;
FUNCTION hold_publications_back() RETURNS trigger VOLATILE SECURITY DEFINER SET search_path=finops, pg_temp;
FUNCTION invoices_off(month date, tolerated_amount numeric, tolerated_share numeric) RETURNS TABLE(domain_id text, pricing_view_id text, currency text, invoice numeric, variance numeric) STABLE SET search_path=finops, pg_temp;
FUNCTION is_somebody() RETURNS boolean STABLE SECURITY DEFINER SET search_path=finops, pg_temp;
FUNCTION leaf_name(month date, domain text) RETURNS text IMMUTABLE;
FUNCTION minor_unit(currency text) RETURNS integer IMMUTABLE;
FUNCTION need_read_committed() RETURNS trigger VOLATILE SET search_path=finops, pg_temp;
FUNCTION new_prices(views text[], domains text[], products text[], months date[], prices numeric[], sources text[], insists boolean) RETURNS TABLE(place bigint, pricing_view_id text, domain_id text, product_id text, effective_from date, unit_price numeric, source_name text, revision integer) STABLE SET search_path=finops, pg_temp;
FUNCTION note_change() RETURNS trigger VOLATILE SECURITY DEFINER SET search_path=finops, pg_temp;
FUNCTION number_change() RETURNS trigger VOLATILE SECURITY DEFINER SET search_path=finops, pg_temp;
FUNCTION open_publication(month date, domain text, run uuid, content bytea, lines bigint, quantity numeric) RETURNS TABLE(answer text, version integer) VOLATILE SECURITY DEFINER SET search_path=finops, pg_temp;
FUNCTION outdated_slices() RETURNS TABLE(period_month date, domain_id text, driver_domain_id text, driver_version integer, current_version integer, restated_domain_id text) STABLE SET search_path=finops, pg_temp;
FUNCTION period_close_hash(done period_close) RETURNS bytea IMMUTABLE;
FUNCTION period_facts_hash(month date) RETURNS bytea STABLE SET search_path=finops, pg_temp;
FUNCTION price_book(book text, known_before timestamp with time zone, last_revision integer) RETURNS TABLE(domain_id text, product_id text, effective_from date, revision integer, unit_price numeric, source_name text, source_line bigint, published_at timestamp with time zone, published_by text, is_drafted boolean) STABLE SET search_path=finops, pg_temp;
FUNCTION price_line(id bigint, view text, domain text, product text, month date, revision integer, price numeric, source text, published_at timestamp with time zone, published_by text) RETURNS text STABLE;
FUNCTION prices_in_force(month date, domain text) RETURNS TABLE(pricing_view_id text, product_id text, unit_price numeric, price_id bigint) STABLE SET search_path=finops, pg_temp;
FUNCTION prices_of_month(month date) RETURNS TABLE(pricing_view_id text, domain_id text, product_id text, line_count bigint, price_id bigint) STABLE SET search_path=finops, pg_temp;
FUNCTION principals() RETURNS text[] STABLE SET search_path=finops, pg_temp;
FUNCTION product_state(known dim_product, today date) RETURNS text IMMUTABLE;
FUNCTION quantities_in_two_books(before_book text, after_book text, first_month date, last_month date, domains text[]) RETURNS TABLE(period_month date, domain_id text, product_key text, quantity numeric, line_count bigint, price_before numeric, price_after numeric) STABLE SET search_path=finops, pg_temp;
FUNCTION quarantine_decided(kept quarantine_line) RETURNS boolean STABLE SET search_path=finops, pg_temp;
FUNCTION quarantine_in_force(month date, domain text) RETURNS SETOF quarantine_decision STABLE SET search_path=finops, pg_temp;
FUNCTION quarantine_latest(month date, domain text) RETURNS SETOF quarantine_line STABLE SET search_path=finops, pg_temp;
FUNCTION quarantine_line_hash(kept quarantine_line) RETURNS bytea STABLE;
FUNCTION quarantine_stage(kept quarantine_line, verdict text) RETURNS text IMMUTABLE;
FUNCTION reconcile(month date) RETURNS TABLE(pricing_view_id text, currency text, domain_id text, invoice numeric, reference text, allocated numeric, unassigned numeric, unallocated numeric, adjusted numeric, quarantined numeric, variance numeric, unpriced_count bigint, quarantined_count bigint, unvalued_count bigint) STABLE SET search_path=finops, pg_temp;
FUNCTION record_act(act text, relation text, key jsonb, before jsonb, after jsonb) RETURNS void VOLATILE SECURITY DEFINER SET search_path=finops, pg_temp;
FUNCTION record_invoice(month date, domain text, view text, amount numeric, currency text, reference text, person text) RETURNS invoice VOLATILE SECURITY DEFINER SET search_path=finops, pg_temp;
FUNCTION record_period_act(done period_close) RETURNS period_close VOLATILE SECURITY DEFINER SET search_path=finops, pg_temp;
FUNCTION refresh_marts() RETURNS bigint VOLATILE SECURITY DEFINER SET search_path=finops, pg_temp;
FUNCTION refresh_slice(month date, domain text) RETURNS void VOLATILE SECURITY DEFINER SET search_path=finops, pg_temp;
FUNCTION refuse_closed_month() RETURNS trigger VOLATILE SECURITY DEFINER SET search_path=finops, pg_temp;
FUNCTION refuse_delete_of_cited() RETURNS trigger VOLATILE SECURITY DEFINER SET search_path=finops, pg_temp;
FUNCTION refuse_misplaced_price() RETURNS trigger VOLATILE SECURITY DEFINER SET search_path=finops, pg_temp;
FUNCTION refuse_new_identity() RETURNS trigger VOLATILE SET search_path=finops, pg_temp;
FUNCTION refuse_price() RETURNS trigger VOLATILE SECURITY DEFINER SET search_path=finops, pg_temp;
FUNCTION refuse_statement() RETURNS trigger VOLATILE SET search_path=finops, pg_temp;
FUNCTION reopen_period(month date, person text, reason text) RETURNS period_close VOLATILE SECURITY DEFINER SET search_path=finops, pg_temp;
FUNCTION round_to_total(costs numeric[], decimals integer) RETURNS numeric[] IMMUTABLE;
FUNCTION seal_acts() RETURNS trigger VOLATILE SECURITY DEFINER SET search_path=finops, pg_temp;
FUNCTION seal_lineage(month date, domain text, wanted integer) RETURNS void VOLATILE SET search_path=finops, pg_temp;
FUNCTION seal_publication(month date, domain text, run uuid, expected_rows bigint, expected_sum numeric, content bytea, source bytea) RETURNS integer VOLATILE SECURITY DEFINER SET search_path=finops, pg_temp;
FUNCTION seal_quarantine() RETURNS trigger VOLATILE SECURITY DEFINER SET search_path=finops, pg_temp;
FUNCTION seen_applications() RETURNS SETOF text STABLE SECURITY DEFINER SET search_path=finops, pg_temp;
FUNCTION sees_every_application() RETURNS boolean STABLE SECURITY DEFINER SET search_path=finops, pg_temp;
FUNCTION settle_quarantine(month date, domain text, run uuid, seen bigint, files text[], numbers bigint[], columns text[], found_values text[], reasons text[], source_lines text[], keys text[], rejected text[], landed text[]) RETURNS void VOLATILE SECURITY DEFINER SET search_path=finops, pg_temp;
FUNCTION slice_content_hash(month date, domain text) RETURNS bytea STABLE SET search_path=finops, pg_temp;
FUNCTION slice_lineage_hash(month date, domain text, wanted integer) RETURNS bytea STABLE SET search_path=finops, pg_temp;
FUNCTION slice_lines(month date, domain text, wanted integer) RETURNS TABLE(application_id text, product_id text, family_id text, quantity numeric, consumption_metric text, run_id uuid, product_label_snapshot text) STABLE;
FUNCTION slice_lock(month date, domain text) RETURNS bigint IMMUTABLE;
FUNCTION slice_status(current_month date) RETURNS TABLE(period_month date, domain_id text, status text, version integer, row_count bigint, run_id uuid, reason text, quarantined_count bigint, changed_at timestamp with time zone) STABLE SET search_path=finops, pg_temp;
FUNCTION slice_status(first_month date, last_month date, current_month date) RETURNS TABLE(period_month date, domain_id text, status text, version integer, row_count bigint, run_id uuid, reason text, quarantined_count bigint, changed_at timestamp with time zone) STABLE SET search_path=finops, pg_temp;
FUNCTION slice_version_hash(month date, domain text, wanted integer) RETURNS bytea STABLE SET search_path=finops, pg_temp;
FUNCTION stale_slices() RETURNS TABLE(period_month date, domain_id text) STABLE SET search_path=finops, pg_temp;
FUNCTION standing_labels(month date, domain text) RETURNS TABLE(product text, label text) STABLE SET search_path=finops, pg_temp SET enable_sort=off;
FUNCTION statement_hash(month date, number integer, of_domain text) RETURNS bytea STABLE SET search_path=finops, pg_temp;
FUNCTION statement_prices_hash(month date, number integer, of_domain text) RETURNS bytea STABLE SET search_path=finops, pg_temp;
FUNCTION store_statement(month date, number integer) RETURNS void VOLATILE SECURITY DEFINER SET search_path=finops, pg_temp;
FUNCTION take_price_turn() RETURNS trigger VOLATILE SET search_path=finops, pg_temp;

GRANT USAGE ON SCHEMA finops TO finops_admin;
GRANT SELECT ON adjustment TO finops_admin;
GRANT SELECT ON adjustment_amount TO finops_admin;
GRANT SELECT ON adjustment_line TO finops_admin;
GRANT SELECT ON allocation_component TO finops_admin;
GRANT SELECT ON allocation_detail TO finops_admin;
GRANT INSERT (expires_at, key_id, name, principals, role, secret_sha256), SELECT, UPDATE (revoked_at) ON api_key TO finops_admin;
GRANT DELETE, INSERT (application_id, principal), SELECT ON application_access TO finops_admin;
GRANT SELECT ON audit_log TO finops_admin;
GRANT SELECT ON audit_seal TO finops_admin;
GRANT SELECT ON cost_app_month TO finops_admin;
GRANT SELECT ON cost_family_month TO finops_admin;
GRANT SELECT ON cost_product_month TO finops_admin;
GRANT SELECT ON cost_total_month TO finops_admin;
GRANT DELETE, INSERT, SELECT, UPDATE ON dim_application TO finops_admin;
GRANT DELETE, INSERT, SELECT, UPDATE ON dim_domain TO finops_admin;
GRANT DELETE, INSERT, SELECT, UPDATE ON dim_family TO finops_admin;
GRANT DELETE, INSERT, SELECT, UPDATE ON dim_product TO finops_admin;
GRANT DELETE, INSERT (domain_id, effective_from, pricing_view_id, product_id, source_line, source_name, unit_price), SELECT ON draft_price TO finops_admin;
GRANT SELECT ON fact_archive TO finops_admin;
GRANT SELECT ON fact_consumption TO finops_admin;
GRANT SELECT ON invoice TO finops_admin;
GRANT SELECT ON mart_slice TO finops_admin;
GRANT SELECT ON mart_state TO finops_admin;
GRANT SELECT ON mv_cost_app_month TO finops_admin;
GRANT SELECT ON mv_cost_domain_month TO finops_admin;
GRANT SELECT ON mv_cost_family_month TO finops_admin;
GRANT SELECT ON mv_history_trend TO finops_admin;
GRANT SELECT ON period TO finops_admin;
GRANT SELECT ON period_close TO finops_admin;
GRANT DELETE, INSERT, SELECT, UPDATE ON pricing_view TO finops_admin;
GRANT SELECT ON quarantine_decision TO finops_admin;
GRANT SELECT ON quarantine_line TO finops_admin;
GRANT SELECT ON quarantine_seal TO finops_admin;
GRANT SELECT ON schema_migration TO finops_admin;
GRANT SELECT ON shown_fact TO finops_admin;
GRANT SELECT ON slice_driver TO finops_admin;
GRANT SELECT ON slice_lines TO finops_admin;
GRANT SELECT ON slice_run TO finops_admin;
GRANT SELECT ON slice_seal TO finops_admin;
GRANT SELECT ON slice_source TO finops_admin;
GRANT SELECT ON slice_version TO finops_admin;
GRANT SELECT ON statement TO finops_admin;
GRANT SELECT ON statement_price TO finops_admin;
GRANT SELECT ON statement_seal TO finops_admin;
GRANT INSERT (domain_id, effective_from, pricing_view_id, product_id, revision, source_name, unit_price), SELECT ON unit_price TO finops_admin;
GRANT EXECUTE ON FUNCTION administered() TO finops_admin;
GRANT EXECUTE ON FUNCTION application_state(known dim_application) TO finops_admin;
GRANT EXECUTE ON FUNCTION audit_line_hash(kept audit_log) TO finops_admin;
GRANT EXECUTE ON FUNCTION book_adjustment(month date, domain text, application text, product text, quantity numeric, views text[], amounts numeric[], person text, reason text) TO finops_admin;
GRANT EXECUTE ON FUNCTION book_in_force(book text, first_month date, last_month date, known_before timestamp with time zone, last_revision integer) TO finops_admin;
GRANT EXECUTE ON FUNCTION canonical_line(application text, product text, family text, quantity numeric, metric text) TO finops_admin;
GRANT EXECUTE ON FUNCTION citations(relation text, domain text, member text) TO finops_admin;
GRANT EXECUTE ON FUNCTION close_blockers(month date, current_month date, tolerated_amount numeric, tolerated_share numeric) TO finops_admin;
GRANT EXECUTE ON FUNCTION close_period(month date, current_month date, person text, reason text, tolerated_amount numeric, tolerated_share numeric) TO finops_admin;
GRANT EXECUTE ON FUNCTION closed_month_changed(domain text, month date) TO finops_admin;
GRANT EXECUTE ON FUNCTION decide_quarantine(lines bigint[], asked text, fixed jsonb) TO finops_admin;
GRANT EXECUTE ON FUNCTION entry_hash(previous bytea, month date, domain text, version integer, run uuid, lines bigint, quantity numeric, content bytea, source bytea) TO finops_admin;
GRANT EXECUTE ON FUNCTION invoices_off(month date, tolerated_amount numeric, tolerated_share numeric) TO finops_admin;
GRANT EXECUTE ON FUNCTION leaf_name(month date, domain text) TO finops_admin;
GRANT EXECUTE ON FUNCTION minor_unit(currency text) TO finops_admin;
GRANT EXECUTE ON FUNCTION new_prices(views text[], domains text[], products text[], months date[], prices numeric[], sources text[], insists boolean) TO finops_admin;
GRANT EXECUTE ON FUNCTION outdated_slices() TO finops_admin;
GRANT EXECUTE ON FUNCTION period_close_hash(done period_close) TO finops_admin;
GRANT EXECUTE ON FUNCTION period_facts_hash(month date) TO finops_admin;
GRANT EXECUTE ON FUNCTION price_book(book text, known_before timestamp with time zone, last_revision integer) TO finops_admin;
GRANT EXECUTE ON FUNCTION price_line(id bigint, view text, domain text, product text, month date, revision integer, price numeric, source text, published_at timestamp with time zone, published_by text) TO finops_admin;
GRANT EXECUTE ON FUNCTION prices_in_force(month date, domain text) TO finops_admin;
GRANT EXECUTE ON FUNCTION prices_of_month(month date) TO finops_admin;
GRANT EXECUTE ON FUNCTION product_state(known dim_product, today date) TO finops_admin;
GRANT EXECUTE ON FUNCTION quantities_in_two_books(before_book text, after_book text, first_month date, last_month date, domains text[]) TO finops_admin;
GRANT EXECUTE ON FUNCTION quarantine_decided(kept quarantine_line) TO finops_admin;
GRANT EXECUTE ON FUNCTION quarantine_line_hash(kept quarantine_line) TO finops_admin;
GRANT EXECUTE ON FUNCTION quarantine_stage(kept quarantine_line, verdict text) TO finops_admin;
GRANT EXECUTE ON FUNCTION reconcile(month date) TO finops_admin;
GRANT EXECUTE ON FUNCTION record_invoice(month date, domain text, view text, amount numeric, currency text, reference text, person text) TO finops_admin;
GRANT EXECUTE ON FUNCTION refresh_marts() TO finops_admin;
GRANT EXECUTE ON FUNCTION refresh_slice(month date, domain text) TO finops_admin;
GRANT EXECUTE ON FUNCTION reopen_period(month date, person text, reason text) TO finops_admin;
GRANT EXECUTE ON FUNCTION round_to_total(costs numeric[], decimals integer) TO finops_admin;
GRANT EXECUTE ON FUNCTION slice_content_hash(month date, domain text) TO finops_admin;
GRANT EXECUTE ON FUNCTION slice_lineage_hash(month date, domain text, wanted integer) TO finops_admin;
GRANT EXECUTE ON FUNCTION slice_lines(month date, domain text, wanted integer) TO finops_admin;
GRANT EXECUTE ON FUNCTION slice_status(current_month date) TO finops_admin;
GRANT EXECUTE ON FUNCTION slice_status(first_month date, last_month date, current_month date) TO finops_admin;
GRANT EXECUTE ON FUNCTION slice_version_hash(month date, domain text, wanted integer) TO finops_admin;
GRANT EXECUTE ON FUNCTION stale_slices() TO finops_admin;
GRANT EXECUTE ON FUNCTION standing_labels(month date, domain text) TO finops_admin;
GRANT EXECUTE ON FUNCTION statement_hash(month date, number integer, of_domain text) TO finops_admin;
GRANT EXECUTE ON FUNCTION statement_prices_hash(month date, number integer, of_domain text) TO finops_admin;

GRANT USAGE ON SCHEMA finops TO finops_api;
GRANT SELECT ON adjustment TO finops_api;
GRANT SELECT ON adjustment_amount TO finops_api;
GRANT SELECT ON adjustment_line TO finops_api;
GRANT SELECT ON allocation_component TO finops_api;
GRANT SELECT ON allocation_detail TO finops_api;
GRANT SELECT ON api_key TO finops_api;
GRANT SELECT ON application_access TO finops_api;
GRANT SELECT ON audit_log TO finops_api;
GRANT SELECT ON audit_seal TO finops_api;
GRANT SELECT ON cost_app_month TO finops_api;
GRANT SELECT ON cost_family_month TO finops_api;
GRANT SELECT ON cost_product_month TO finops_api;
GRANT SELECT ON cost_total_month TO finops_api;
GRANT SELECT ON dim_application TO finops_api;
GRANT SELECT ON dim_domain TO finops_api;
GRANT SELECT ON dim_family TO finops_api;
GRANT SELECT ON dim_product TO finops_api;
GRANT SELECT ON draft_price TO finops_api;
GRANT SELECT ON fact_archive TO finops_api;
GRANT SELECT ON fact_consumption TO finops_api;
GRANT SELECT ON invoice TO finops_api;
GRANT SELECT ON mart_slice TO finops_api;
GRANT SELECT ON mart_state TO finops_api;
GRANT SELECT ON mv_cost_app_month TO finops_api;
GRANT SELECT ON mv_cost_domain_month TO finops_api;
GRANT SELECT ON mv_cost_family_month TO finops_api;
GRANT SELECT ON mv_history_trend TO finops_api;
GRANT SELECT ON period TO finops_api;
GRANT SELECT ON period_close TO finops_api;
GRANT SELECT ON pricing_view TO finops_api;
GRANT SELECT ON quarantine_decision TO finops_api;
GRANT SELECT ON quarantine_line TO finops_api;
GRANT SELECT ON quarantine_seal TO finops_api;
GRANT SELECT ON schema_migration TO finops_api;
GRANT SELECT ON shown_fact TO finops_api;
GRANT SELECT ON slice_driver TO finops_api;
GRANT SELECT ON slice_lines TO finops_api;
GRANT SELECT ON slice_run TO finops_api;
GRANT SELECT ON slice_seal TO finops_api;
GRANT SELECT ON slice_source TO finops_api;
GRANT SELECT ON slice_version TO finops_api;
GRANT SELECT ON statement TO finops_api;
GRANT SELECT ON statement_price TO finops_api;
GRANT SELECT ON statement_seal TO finops_api;
GRANT SELECT ON unit_price TO finops_api;
GRANT EXECUTE ON FUNCTION administered() TO finops_api;
GRANT EXECUTE ON FUNCTION application_state(known dim_application) TO finops_api;
GRANT EXECUTE ON FUNCTION audit_line_hash(kept audit_log) TO finops_api;
GRANT EXECUTE ON FUNCTION book_in_force(book text, first_month date, last_month date, known_before timestamp with time zone, last_revision integer) TO finops_api;
GRANT EXECUTE ON FUNCTION canonical_line(application text, product text, family text, quantity numeric, metric text) TO finops_api;
GRANT EXECUTE ON FUNCTION citations(relation text, domain text, member text) TO finops_api;
GRANT EXECUTE ON FUNCTION close_blockers(month date, current_month date, tolerated_amount numeric, tolerated_share numeric) TO finops_api;
GRANT EXECUTE ON FUNCTION closed_month_changed(domain text, month date) TO finops_api;
GRANT EXECUTE ON FUNCTION entry_hash(previous bytea, month date, domain text, version integer, run uuid, lines bigint, quantity numeric, content bytea, source bytea) TO finops_api;
GRANT EXECUTE ON FUNCTION invoices_off(month date, tolerated_amount numeric, tolerated_share numeric) TO finops_api;
GRANT EXECUTE ON FUNCTION leaf_name(month date, domain text) TO finops_api;
GRANT EXECUTE ON FUNCTION minor_unit(currency text) TO finops_api;
GRANT EXECUTE ON FUNCTION new_prices(views text[], domains text[], products text[], months date[], prices numeric[], sources text[], insists boolean) TO finops_api;
GRANT EXECUTE ON FUNCTION outdated_slices() TO finops_api;
GRANT EXECUTE ON FUNCTION period_close_hash(done period_close) TO finops_api;
GRANT EXECUTE ON FUNCTION period_facts_hash(month date) TO finops_api;
GRANT EXECUTE ON FUNCTION price_book(book text, known_before timestamp with time zone, last_revision integer) TO finops_api;
GRANT EXECUTE ON FUNCTION price_line(id bigint, view text, domain text, product text, month date, revision integer, price numeric, source text, published_at timestamp with time zone, published_by text) TO finops_api;
GRANT EXECUTE ON FUNCTION prices_in_force(month date, domain text) TO finops_api;
GRANT EXECUTE ON FUNCTION prices_of_month(month date) TO finops_api;
GRANT EXECUTE ON FUNCTION product_state(known dim_product, today date) TO finops_api;
GRANT EXECUTE ON FUNCTION quantities_in_two_books(before_book text, after_book text, first_month date, last_month date, domains text[]) TO finops_api;
GRANT EXECUTE ON FUNCTION quarantine_decided(kept quarantine_line) TO finops_api;
GRANT EXECUTE ON FUNCTION quarantine_line_hash(kept quarantine_line) TO finops_api;
GRANT EXECUTE ON FUNCTION quarantine_stage(kept quarantine_line, verdict text) TO finops_api;
GRANT EXECUTE ON FUNCTION reconcile(month date) TO finops_api;
GRANT EXECUTE ON FUNCTION round_to_total(costs numeric[], decimals integer) TO finops_api;
GRANT EXECUTE ON FUNCTION slice_content_hash(month date, domain text) TO finops_api;
GRANT EXECUTE ON FUNCTION slice_lineage_hash(month date, domain text, wanted integer) TO finops_api;
GRANT EXECUTE ON FUNCTION slice_lines(month date, domain text, wanted integer) TO finops_api;
GRANT EXECUTE ON FUNCTION slice_status(current_month date) TO finops_api;
GRANT EXECUTE ON FUNCTION slice_status(first_month date, last_month date, current_month date) TO finops_api;
GRANT EXECUTE ON FUNCTION slice_version_hash(month date, domain text, wanted integer) TO finops_api;
GRANT EXECUTE ON FUNCTION stale_slices() TO finops_api;
GRANT EXECUTE ON FUNCTION standing_labels(month date, domain text) TO finops_api;
GRANT EXECUTE ON FUNCTION statement_hash(month date, number integer, of_domain text) TO finops_api;
GRANT EXECUTE ON FUNCTION statement_prices_hash(month date, number integer, of_domain text) TO finops_api;

GRANT USAGE ON SCHEMA finops TO finops_batch;
GRANT SELECT ON adjustment TO finops_batch;
GRANT SELECT ON adjustment_amount TO finops_batch;
GRANT SELECT ON adjustment_line TO finops_batch;
GRANT INSERT, SELECT ON allocation_component TO finops_batch;
GRANT INSERT, SELECT ON allocation_detail TO finops_batch;
GRANT SELECT ON audit_log TO finops_batch;
GRANT SELECT ON audit_seal TO finops_batch;
GRANT SELECT ON cost_app_month TO finops_batch;
GRANT SELECT ON cost_family_month TO finops_batch;
GRANT SELECT ON cost_product_month TO finops_batch;
GRANT SELECT ON cost_total_month TO finops_batch;
GRANT INSERT (application_id, application_label, is_inferred, owner), SELECT, UPDATE (application_label, is_active, is_inferred, owner) ON dim_application TO finops_batch;
GRANT INSERT (available_from, domain_id, domain_label, domain_mode, indirect_label, indirect_method_key), SELECT ON dim_domain TO finops_batch;
GRANT INSERT, SELECT, UPDATE (described_in, family_label) ON dim_family TO finops_batch;
GRANT INSERT (consumption_metric, described_in, domain_id, family_id, is_inferred, product_id, product_label), SELECT, UPDATE (decommissioned_at, described_in, family_id, in_referential, is_active, is_inferred, product_label) ON dim_product TO finops_batch;
GRANT SELECT ON draft_price TO finops_batch;
GRANT SELECT ON fact_archive TO finops_batch;
GRANT SELECT ON fact_consumption TO finops_batch;
GRANT SELECT ON invoice TO finops_batch;
GRANT SELECT ON mart_slice TO finops_batch;
GRANT SELECT ON mart_state TO finops_batch;
GRANT SELECT ON mv_cost_app_month TO finops_batch;
GRANT SELECT ON mv_cost_domain_month TO finops_batch;
GRANT SELECT ON mv_cost_family_month TO finops_batch;
GRANT SELECT ON mv_history_trend TO finops_batch;
GRANT SELECT ON period TO finops_batch;
GRANT SELECT ON period_close TO finops_batch;
GRANT SELECT ON pricing_view TO finops_batch;
GRANT SELECT ON quarantine_decision TO finops_batch;
GRANT SELECT ON quarantine_line TO finops_batch;
GRANT SELECT ON quarantine_seal TO finops_batch;
GRANT SELECT ON schema_migration TO finops_batch;
GRANT SELECT ON shown_fact TO finops_batch;
GRANT INSERT, SELECT ON slice_driver TO finops_batch;
GRANT INSERT, SELECT ON slice_lines TO finops_batch;
GRANT INSERT (domain_id, outcome, period_month, reason, run_id), SELECT, UPDATE (ended_at, outcome, quarantined_count, reason, refused_count, row_count, started_at) ON slice_run TO finops_batch;
GRANT SELECT ON slice_seal TO finops_batch;
GRANT INSERT, SELECT ON slice_source TO finops_batch;
GRANT SELECT ON slice_version TO finops_batch;
GRANT SELECT ON statement TO finops_batch;
GRANT SELECT ON statement_price TO finops_batch;
GRANT SELECT ON statement_seal TO finops_batch;
GRANT INSERT (domain_id, effective_from, pricing_view_id, product_id, revision, source_name, unit_price), SELECT ON unit_price TO finops_batch;
GRANT EXECUTE ON FUNCTION administered() TO finops_batch;
GRANT EXECUTE ON FUNCTION application_state(known dim_application) TO finops_batch;
GRANT EXECUTE ON FUNCTION audit_line_hash(kept audit_log) TO finops_batch;
GRANT EXECUTE ON FUNCTION book_in_force(book text, first_month date, last_month date, known_before timestamp with time zone, last_revision integer) TO finops_batch;
GRANT EXECUTE ON FUNCTION canonical_line(application text, product text, family text, quantity numeric, metric text) TO finops_batch;
GRANT EXECUTE ON FUNCTION close_blockers(month date, current_month date, tolerated_amount numeric, tolerated_share numeric) TO finops_batch;
GRANT EXECUTE ON FUNCTION closed_month_changed(domain text, month date) TO finops_batch;
GRANT EXECUTE ON FUNCTION ensure_slice(month date, domain text) TO finops_batch;
GRANT EXECUTE ON FUNCTION entry_hash(previous bytea, month date, domain text, version integer, run uuid, lines bigint, quantity numeric, content bytea, source bytea) TO finops_batch;
GRANT EXECUTE ON FUNCTION invoices_off(month date, tolerated_amount numeric, tolerated_share numeric) TO finops_batch;
GRANT EXECUTE ON FUNCTION leaf_name(month date, domain text) TO finops_batch;
GRANT EXECUTE ON FUNCTION minor_unit(currency text) TO finops_batch;
GRANT EXECUTE ON FUNCTION new_prices(views text[], domains text[], products text[], months date[], prices numeric[], sources text[], insists boolean) TO finops_batch;
GRANT EXECUTE ON FUNCTION open_publication(month date, domain text, run uuid, content bytea, lines bigint, quantity numeric) TO finops_batch;
GRANT EXECUTE ON FUNCTION outdated_slices() TO finops_batch;
GRANT EXECUTE ON FUNCTION period_close_hash(done period_close) TO finops_batch;
GRANT EXECUTE ON FUNCTION period_facts_hash(month date) TO finops_batch;
GRANT EXECUTE ON FUNCTION price_book(book text, known_before timestamp with time zone, last_revision integer) TO finops_batch;
GRANT EXECUTE ON FUNCTION price_line(id bigint, view text, domain text, product text, month date, revision integer, price numeric, source text, published_at timestamp with time zone, published_by text) TO finops_batch;
GRANT EXECUTE ON FUNCTION prices_in_force(month date, domain text) TO finops_batch;
GRANT EXECUTE ON FUNCTION prices_of_month(month date) TO finops_batch;
GRANT EXECUTE ON FUNCTION product_state(known dim_product, today date) TO finops_batch;
GRANT EXECUTE ON FUNCTION quantities_in_two_books(before_book text, after_book text, first_month date, last_month date, domains text[]) TO finops_batch;
GRANT EXECUTE ON FUNCTION quarantine_decided(kept quarantine_line) TO finops_batch;
GRANT EXECUTE ON FUNCTION quarantine_in_force(month date, domain text) TO finops_batch;
GRANT EXECUTE ON FUNCTION quarantine_latest(month date, domain text) TO finops_batch;
GRANT EXECUTE ON FUNCTION quarantine_line_hash(kept quarantine_line) TO finops_batch;
GRANT EXECUTE ON FUNCTION quarantine_stage(kept quarantine_line, verdict text) TO finops_batch;
GRANT EXECUTE ON FUNCTION reconcile(month date) TO finops_batch;
GRANT EXECUTE ON FUNCTION refresh_marts() TO finops_batch;
GRANT EXECUTE ON FUNCTION refresh_slice(month date, domain text) TO finops_batch;
GRANT EXECUTE ON FUNCTION round_to_total(costs numeric[], decimals integer) TO finops_batch;
GRANT EXECUTE ON FUNCTION seal_publication(month date, domain text, run uuid, expected_rows bigint, expected_sum numeric, content bytea, source bytea) TO finops_batch;
GRANT EXECUTE ON FUNCTION settle_quarantine(month date, domain text, run uuid, seen bigint, files text[], numbers bigint[], columns text[], found_values text[], reasons text[], source_lines text[], keys text[], rejected text[], landed text[]) TO finops_batch;
GRANT EXECUTE ON FUNCTION slice_content_hash(month date, domain text) TO finops_batch;
GRANT EXECUTE ON FUNCTION slice_lineage_hash(month date, domain text, wanted integer) TO finops_batch;
GRANT EXECUTE ON FUNCTION slice_lines(month date, domain text, wanted integer) TO finops_batch;
GRANT EXECUTE ON FUNCTION slice_lock(month date, domain text) TO finops_batch;
GRANT EXECUTE ON FUNCTION slice_status(current_month date) TO finops_batch;
GRANT EXECUTE ON FUNCTION slice_status(first_month date, last_month date, current_month date) TO finops_batch;
GRANT EXECUTE ON FUNCTION slice_version_hash(month date, domain text, wanted integer) TO finops_batch;
GRANT EXECUTE ON FUNCTION stale_slices() TO finops_batch;
GRANT EXECUTE ON FUNCTION standing_labels(month date, domain text) TO finops_batch;
GRANT EXECUTE ON FUNCTION statement_hash(month date, number integer, of_domain text) TO finops_batch;
GRANT EXECUTE ON FUNCTION statement_prices_hash(month date, number integer, of_domain text) TO finops_batch;

GRANT EXECUTE ON FUNCTION is_somebody() TO finops_reader;
GRANT EXECUTE ON FUNCTION seen_applications() TO finops_reader;
GRANT EXECUTE ON FUNCTION sees_every_application() TO finops_reader;
