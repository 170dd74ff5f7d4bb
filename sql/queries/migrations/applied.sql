SELECT name, sha256 FROM finops.schema_migration WHERE is_repeatable = %(is_repeatable)s ORDER BY name
