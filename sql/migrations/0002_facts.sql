-- fact_consumption is partitioned by month, then by domain: a leaf is a slice, the unit that is published.

CREATE TABLE period (
  period_month DATE PRIMARY KEY CHECK (period_month = date_trunc('month', period_month)),
  status TEXT NOT NULL DEFAULT 'OPEN' CHECK (status IN ('OPEN', 'CLOSED'))
);

CREATE TABLE fact_consumption (
  period_month DATE NOT NULL,
  domain_id TEXT NOT NULL,
  family_id TEXT,
  product_id TEXT,
  application_id TEXT NOT NULL,
  quantity NUMERIC(30, 12) NOT NULL CHECK (quantity <> 'NaN'),
  consumption_type TEXT NOT NULL,
  consumption_metric TEXT NOT NULL CHECK (consumption_metric <> ''),
  run_id UUID NOT NULL,
  product_label_snapshot TEXT,
  CHECK (period_month = date_trunc('month', period_month)),
  CHECK (
    (consumption_type = 'DIRECT' AND product_id IS NOT NULL AND family_id IS NOT NULL)
    OR (
      consumption_type = 'INDIRECT' AND product_id IS NULL AND family_id IS NULL
      AND quantity BETWEEN 0 AND 1
    )
  )
) PARTITION BY RANGE (period_month);

-- The grain, and the index every read uses: its prefix is (application_id, period_month).
CREATE UNIQUE INDEX fact_grain ON fact_consumption (application_id, period_month, domain_id, product_id)
NULLS NOT DISTINCT;

-- Lines of replaced slice versions, as they were published. A version that was never replaced is not here.
CREATE TABLE fact_archive (
  period_month DATE NOT NULL,
  domain_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  family_id TEXT,
  product_id TEXT,
  application_id TEXT NOT NULL,
  quantity NUMERIC(30, 12) NOT NULL,
  consumption_metric TEXT NOT NULL,
  run_id UUID NOT NULL,
  product_label_snapshot TEXT
);
CREATE UNIQUE INDEX fact_archive_grain
ON fact_archive (period_month, domain_id, version, application_id, product_id) NULLS NOT DISTINCT;

-- The ledger: one row per published version of a slice, chained by hash, never changed.
CREATE TABLE slice_version (
  period_month DATE NOT NULL REFERENCES period,
  domain_id TEXT NOT NULL REFERENCES dim_domain,
  version INTEGER NOT NULL CHECK (version > 0),
  run_id UUID NOT NULL,
  row_count BIGINT NOT NULL CHECK (row_count >= 0),
  sum_quantity NUMERIC(38, 12) NOT NULL,
  content_sha256 BYTEA NOT NULL CHECK (length(content_sha256) = 32),
  source_sha256 BYTEA NOT NULL CHECK (length(source_sha256) = 32),
  previous_sha256 BYTEA,
  entry_sha256 BYTEA NOT NULL,
  published_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (period_month, domain_id, version),
  UNIQUE (period_month, domain_id, run_id)
);

CREATE TABLE slice_source (
  period_month DATE NOT NULL,
  domain_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  file_name TEXT NOT NULL,
  sha256 BYTEA NOT NULL CHECK (length(sha256) = 32),
  bytes BIGINT NOT NULL,
  rows BIGINT NOT NULL,
  PRIMARY KEY (period_month, domain_id, version, file_name),
  FOREIGN KEY (period_month, domain_id, version) REFERENCES slice_version
);

-- How each INDIRECT weight came about: driver quantity, basis and method. One row per application.
CREATE TABLE allocation_detail (
  period_month DATE NOT NULL,
  domain_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  application_id TEXT NOT NULL,
  driver_quantity NUMERIC(30, 12) NOT NULL,
  basis_quantity NUMERIC(38, 12) NOT NULL,
  method_key TEXT NOT NULL,
  PRIMARY KEY (period_month, domain_id, version, application_id),
  FOREIGN KEY (period_month, domain_id, version) REFERENCES slice_version
);

-- Which slice versions a version was computed from: a restated driver makes its dependants stale. A version
-- that came out the same from a later driver version has a row for each.
CREATE TABLE slice_driver (
  period_month DATE NOT NULL,
  domain_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  driver_domain_id TEXT NOT NULL,
  driver_version INTEGER NOT NULL,
  PRIMARY KEY (period_month, domain_id, version, driver_domain_id, driver_version),
  FOREIGN KEY (period_month, domain_id, version) REFERENCES slice_version
);

-- A row here means: this transaction is publishing this slice. It is gone before the commit, or the
-- commit is refused; no committed row is ever seen.
CREATE TABLE slice_publication (
  transaction_id XID8 PRIMARY KEY,
  period_month DATE NOT NULL,
  domain_id TEXT NOT NULL
);

-- One row per attempt of a run on a slice, successful or not; kept also when the publication rolls back.
CREATE TABLE slice_run (
  run_id UUID NOT NULL,
  period_month DATE NOT NULL,
  domain_id TEXT NOT NULL REFERENCES dim_domain,
  outcome TEXT NOT NULL CHECK (outcome IN ('RUNNING', 'LOADED', 'UNCHANGED', 'EMPTY', 'MISSING', 'FAILED')),
  reason TEXT,
  row_count BIGINT,
  quarantined_count BIGINT NOT NULL DEFAULT 0,
  refused_count BIGINT NOT NULL DEFAULT 0,
  started_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
  ended_at TIMESTAMPTZ,
  PRIMARY KEY (run_id, period_month, domain_id),
  CHECK ((outcome = 'RUNNING') = (ended_at IS NULL))
);
CREATE INDEX slice_run_latest ON slice_run (period_month, domain_id, started_at DESC);

-- Well-formed lines that break a business rule. The slice lands without them; the month waits for them.
CREATE TABLE quarantine_line (
  quarantine_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  period_month DATE NOT NULL,
  domain_id TEXT NOT NULL REFERENCES dim_domain,
  run_id UUID NOT NULL,
  file_name TEXT NOT NULL,
  line_number BIGINT NOT NULL,
  column_name TEXT NOT NULL,
  found_value TEXT,
  reason TEXT NOT NULL,
  source_line JSONB NOT NULL,
  is_current BOOLEAN NOT NULL DEFAULT TRUE,
  decision TEXT CHECK (decision IN ('REPLAYED', 'REJECTED')),
  decided_by TEXT,
  decided_at TIMESTAMPTZ,
  decision_reason TEXT,
  CHECK ((decision IS NULL) = (decided_at IS NULL))
);
CREATE INDEX quarantine_slice ON quarantine_line (period_month, domain_id) WHERE is_current;
