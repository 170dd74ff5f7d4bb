SELECT set_config('search_path', 'finops, pg_temp', TRUE), set_config('role', 'finops_api', TRUE)
