SELECT application_state(known) AS state, count(*) AS members
FROM dim_application AS known
GROUP BY state
