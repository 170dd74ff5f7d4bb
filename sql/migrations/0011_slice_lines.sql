-- Which source lines each fact of a version sums: Parquet, sorted by application and product, at most a million lines
-- a row. Compressed as they are: EXTERNAL, so that the server does not try again.
CREATE TABLE slice_lines (
  period_month DATE NOT NULL,
  domain_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  chunk INTEGER NOT NULL CHECK (chunk > 0),
  row_count BIGINT NOT NULL CHECK (row_count >= 0),
  first_application_id TEXT COLLATE "C",
  last_application_id TEXT COLLATE "C",
  lines BYTEA NOT NULL,
  sha256 BYTEA NOT NULL CHECK (length(sha256) = 32),
  PRIMARY KEY (period_month, domain_id, version, chunk),
  FOREIGN KEY (period_month, domain_id, version) REFERENCES slice_version,
  CHECK ((row_count = 0) = (first_application_id IS NULL)),
  CHECK ((row_count = 0) = (last_application_id IS NULL))
);
ALTER TABLE slice_lines ALTER COLUMN lines SET STORAGE EXTERNAL;
