INSERT INTO finops.schema_migration (name, sha256, is_repeatable)
VALUES (%(name)s, %(sha256)s, %(is_repeatable)s)
ON CONFLICT (name) DO UPDATE SET sha256 = excluded.sha256, applied_at = clock_timestamp()
