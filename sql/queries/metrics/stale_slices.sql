-- Slices that changed, in facts or prices, since the marts were last refreshed.
SELECT count(*) AS value FROM stale_slices()
