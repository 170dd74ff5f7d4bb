-- Administrative acts. login is who the database knows; person is who the caller says acts, for the length of
-- a transaction: two people may share a login, and a service acts for those who use it.
CREATE TABLE audit_log (
  audit_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  acted_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
  login TEXT NOT NULL DEFAULT session_user,
  person TEXT NOT NULL DEFAULT coalesce(nullif(current_setting('finops.person', TRUE), ''), session_user),
  reason TEXT DEFAULT nullif(current_setting('finops.reason', TRUE), ''),
  act TEXT NOT NULL CHECK (act <> ''),
  relation TEXT NOT NULL CHECK (relation <> ''),
  key JSONB NOT NULL,
  before JSONB,
  after JSONB
);
CREATE INDEX audit_log_by_time ON audit_log (acted_at);
CREATE INDEX audit_log_by_relation ON audit_log (relation, acted_at);
