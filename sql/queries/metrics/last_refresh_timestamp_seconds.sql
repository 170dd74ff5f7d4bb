-- When the marts last changed, in seconds since 1970.
SELECT extract(EPOCH FROM refreshed_at)::DOUBLE PRECISION AS value FROM mart_state
