SELECT
  set_config('search_path', %(search_path)s, TRUE),
  set_config('statement_timeout', %(timeout)s, TRUE),
  set_config('plan_cache_mode', 'force_custom_plan', TRUE),
  set_config('jit', 'off', TRUE),
  set_config('finops.principals', %(principals)s, TRUE),
  set_config('role', %(role)s, TRUE)
