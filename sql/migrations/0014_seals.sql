-- What came with a version, hashed when its publication ended; once more when unchanged lines got a newer driver.
-- Versions published before this migration have none.
CREATE TABLE slice_seal (
  period_month DATE NOT NULL,
  domain_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  lineage_sha256 BYTEA NOT NULL CHECK (length(lineage_sha256) = 32),
  sealed_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (period_month, domain_id, version),
  FOREIGN KEY (period_month, domain_id, version) REFERENCES slice_version
);

-- Each quarantined line as it stands, hashed (the function quarantine_line_hash).
CREATE TABLE quarantine_seal (
  quarantine_id BIGINT PRIMARY KEY REFERENCES quarantine_line,
  period_month DATE NOT NULL,
  domain_id TEXT NOT NULL REFERENCES dim_domain,
  line_sha256 BYTEA NOT NULL CHECK (length(line_sha256) = 32),
  sealed_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);
INSERT INTO quarantine_seal (quarantine_id, period_month, domain_id, line_sha256)
SELECT
  quarantine_id,
  period_month,
  domain_id,
  sha256(convert_to(jsonb_build_array(
    quarantine_id, period_month, domain_id, run_id, file_name, line_number, column_name, found_value, reason, source_line,
    line_key, is_current, is_landed, decision, decided_by, extract(EPOCH FROM decided_at), decision_reason)::TEXT, 'UTF8'))
FROM quarantine_line;

-- A closing's statement and prices by domain, hashed: they name the domain where the hash of the closing names the month.
CREATE TABLE statement_seal (
  period_month DATE NOT NULL,
  close_number INTEGER NOT NULL,
  domain_id TEXT NOT NULL REFERENCES dim_domain,
  statement_sha256 BYTEA NOT NULL CHECK (length(statement_sha256) = 32),
  prices_sha256 BYTEA NOT NULL CHECK (length(prices_sha256) = 32),
  PRIMARY KEY (period_month, close_number, domain_id)
);

-- Members that were there before acts were recorded, or that came with a publication, as they are now: from here on the
-- last act on each says how it should be.
SET LOCAL timezone = 'UTC';
INSERT INTO audit_log (act, relation, key, after, reason)
SELECT 'BASELINE', found.relation, found.key, found.line, 'as it stood when seals came'
FROM (
  SELECT 'dim_domain' AS relation, jsonb_build_object('domain_id', domain_id) AS key, to_jsonb(dim_domain) AS line
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
) AS found
WHERE NOT EXISTS (SELECT FROM audit_log AS act WHERE (act.relation, act.key) = (found.relation, found.key));

-- Prices that were there before publications recorded their hash (the function price_line).
INSERT INTO audit_log (act, relation, key, after, reason)
SELECT
  'PUBLISH',
  'unit_price',
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
      concat_ws(E'\x1f', price_id, pricing_view_id, domain_id, product_id, to_char(effective_from, 'YYYY-MM-DD'), revision,
                unit_price::NUMERIC(30, 12), source_name, extract(EPOCH FROM published_at), published_by) || E'\n', ''
      ORDER BY price_id), 'UTF8')), 'hex')),
  'as they stood when seals came'
FROM unit_price
WHERE price_id < (
  SELECT coalesce(min((key -> 'price_ids' ->> 0)::BIGINT), 9223372036854775807)
  FROM audit_log
  WHERE relation = 'unit_price' AND act = 'PUBLISH' AND key ? 'price_ids'
)
HAVING count(*) > 0;

-- Each row of the audit log, hashed (the function audit_line_hash).
CREATE TABLE audit_seal (
  audit_id BIGINT PRIMARY KEY,
  line_sha256 BYTEA NOT NULL CHECK (length(line_sha256) = 32)
);
INSERT INTO audit_seal (audit_id, line_sha256)
SELECT
  audit_id,
  sha256(convert_to(jsonb_build_array(
    audit_id, extract(EPOCH FROM acted_at), login, person, reason, act, relation, key, before, after)::TEXT, 'UTF8'))
FROM audit_log;

-- Members that were deleted: one that a publication brings back is an act.
CREATE INDEX audit_log_of_deletions ON audit_log (relation, key) WHERE act = 'DELETE';
