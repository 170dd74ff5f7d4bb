SELECT version FROM mart_state
