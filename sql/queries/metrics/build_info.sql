-- The version of the package that answers; always 1.
SELECT %(build)s::TEXT AS version, 1 AS value
