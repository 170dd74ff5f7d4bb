"""The Dagster edge: it reads, calls, reports, and holds no business rule. File names are Dagster's words."""
