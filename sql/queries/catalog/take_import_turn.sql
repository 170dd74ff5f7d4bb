SELECT pg_advisory_xact_lock(hashtextextended('finops referential', 0))
