SELECT change_number FROM mart_state
