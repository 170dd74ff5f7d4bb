SELECT pg_advisory_xact_lock(hashtextextended('finops prices', 0))
