-- How often the marts have changed.
SELECT version AS value FROM mart_state
