-- Which applications a principal, a user or a group, may see; * is all of them. What is not here is not seen.
CREATE TABLE application_access (
  principal TEXT NOT NULL CHECK (length(principal) BETWEEN 1 AND 300 AND principal <> '*' AND principal !~ '^\s|\s$'),
  application_id TEXT NOT NULL CHECK (length(application_id) BETWEEN 1 AND 200),
  granted_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (principal, application_id)
);
