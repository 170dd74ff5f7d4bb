SELECT change_number FROM finops.mart_state
