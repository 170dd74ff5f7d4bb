CREATE TABLE IF NOT EXISTS finops.schema_migration (
  name TEXT PRIMARY KEY,
  sha256 TEXT NOT NULL,
  is_repeatable BOOLEAN NOT NULL,
  applied_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
)
