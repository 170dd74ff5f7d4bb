-- A closed month: who closed it and when, what it came to, at which prices; what its invoices said; what came late.

-- The acts on a month, chained by hash, never changed. The last one says what the status of the period is.
CREATE TABLE period_close (
  period_month DATE NOT NULL REFERENCES period,
  close_number INTEGER NOT NULL CHECK (close_number > 0),
  act TEXT NOT NULL CHECK (act IN ('CLOSE', 'REOPEN')),
  person TEXT NOT NULL CHECK (person <> ''),
  reason TEXT,
  acted_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
  facts_sha256 BYTEA NOT NULL CHECK (length(facts_sha256) = 32),
  prices_sha256 BYTEA NOT NULL CHECK (length(prices_sha256) = 32),
  statement_sha256 BYTEA NOT NULL CHECK (length(statement_sha256) = 32),
  previous_sha256 BYTEA,
  entry_sha256 BYTEA NOT NULL,
  PRIMARY KEY (period_month, close_number, act),
  CHECK (act = 'CLOSE' OR reason <> '')
);

-- What each application owes for a closed month. Lines of an earlier month are adjustments booked in this one.
CREATE TABLE statement (
  period_month DATE NOT NULL,
  close_number INTEGER NOT NULL,
  pricing_view_id TEXT NOT NULL REFERENCES pricing_view,
  domain_id TEXT NOT NULL REFERENCES dim_domain,
  application_id TEXT NOT NULL REFERENCES dim_application,
  original_month DATE NOT NULL CHECK (original_month <= period_month),
  cost NUMERIC,
  rounded_cost NUMERIC,
  currency TEXT NOT NULL,
  decimals INTEGER NOT NULL CHECK (decimals BETWEEN 0 AND 4),
  line_count BIGINT NOT NULL,
  unpriced_count BIGINT NOT NULL,
  PRIMARY KEY (period_month, close_number, pricing_view_id, domain_id, application_id, original_month),
  CHECK ((cost IS NULL) = (rounded_cost IS NULL))
);

-- Which price revision each product of a closed month was priced at. priced_as is the product, or * for the domain's.
CREATE TABLE statement_price (
  period_month DATE NOT NULL,
  close_number INTEGER NOT NULL,
  pricing_view_id TEXT NOT NULL,
  domain_id TEXT NOT NULL,
  product_id TEXT NOT NULL,
  priced_as TEXT NOT NULL,
  effective_from DATE NOT NULL,
  revision INTEGER NOT NULL,
  price_id BIGINT NOT NULL,
  unit_price NUMERIC(30, 12) NOT NULL,
  PRIMARY KEY (period_month, close_number, pricing_view_id, domain_id, product_id),
  FOREIGN KEY (pricing_view_id, domain_id, priced_as, effective_from, revision) REFERENCES unit_price
);

-- What a domain's invoice of a month came to. A later revision replaces an earlier one; without an amount it withdraws it.
CREATE TABLE invoice (
  period_month DATE NOT NULL CHECK (period_month = date_trunc('month', period_month)),
  domain_id TEXT NOT NULL REFERENCES dim_domain,
  pricing_view_id TEXT NOT NULL REFERENCES pricing_view,
  revision INTEGER NOT NULL CHECK (revision > 0),
  amount NUMERIC(38, 12) CHECK (amount <> 'NaN'),
  currency TEXT NOT NULL,
  reference TEXT NOT NULL,
  recorded_by TEXT NOT NULL CHECK (recorded_by <> ''),
  recorded_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (period_month, domain_id, pricing_view_id, revision)
);

-- Late data of a closed month, booked in the first open one after it. No fact: the grain of facts stays.
CREATE TABLE adjustment (
  adjustment_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  period_month DATE NOT NULL REFERENCES period,
  original_month DATE NOT NULL REFERENCES period,
  domain_id TEXT NOT NULL REFERENCES dim_domain,
  application_id TEXT NOT NULL REFERENCES dim_application,
  product_id TEXT,
  quantity NUMERIC(30, 12) CHECK (quantity <> 'NaN'),
  person TEXT NOT NULL CHECK (person <> ''),
  reason TEXT NOT NULL CHECK (reason <> ''),
  booked_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (adjustment_id, period_month),
  FOREIGN KEY (domain_id, product_id) REFERENCES dim_product,
  CHECK (original_month < period_month)
);
CREATE INDEX adjustment_by_month ON adjustment (period_month, domain_id);

-- What an adjustment comes to in each pricing view: its quantity at the price of the original month, or as it was told.
CREATE TABLE adjustment_amount (
  adjustment_id BIGINT NOT NULL,
  period_month DATE NOT NULL,
  pricing_view_id TEXT NOT NULL REFERENCES pricing_view,
  amount NUMERIC NOT NULL CHECK (amount <> 'NaN'),
  unit_price NUMERIC(30, 12),
  price_id BIGINT,
  PRIMARY KEY (adjustment_id, pricing_view_id),
  FOREIGN KEY (adjustment_id, period_month) REFERENCES adjustment (adjustment_id, period_month)
);
