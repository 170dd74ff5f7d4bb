-- Keys of programs that call the API. Of the secret, 256 random bits, only the hash is kept.
CREATE TABLE api_key (
  key_id TEXT PRIMARY KEY CHECK (key_id ~ '^[0-9a-f]{12}$'),
  name TEXT NOT NULL UNIQUE CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$'),
  secret_sha256 BYTEA NOT NULL CHECK (octet_length(secret_sha256) = 32),
  role TEXT NOT NULL CHECK (role IN ('application-owner', 'viewer', 'admin')),
  principals TEXT[] NOT NULL CHECK (array_position(principals, NULL) IS NULL AND NOT principals && ARRAY['', '*']),
  created_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
  expires_at TIMESTAMPTZ,
  revoked_at TIMESTAMPTZ
);

-- who is named as its owner sees an application
CREATE INDEX dim_application_owner ON dim_application (owner);
