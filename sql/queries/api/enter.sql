-- Many ask at once: one worker each. Facts meet prices by a hash, whatever the estimates say.
SELECT
  set_config('search_path', %(search_path)s, TRUE),
  set_config('statement_timeout', %(timeout)s, TRUE),
  set_config('plan_cache_mode', 'force_custom_plan', TRUE),
  set_config('jit', 'off', TRUE),
  set_config('max_parallel_workers_per_gather', '0', TRUE),
  set_config('enable_mergejoin', 'off', TRUE),
  set_config('work_mem', '32MB', TRUE),
  set_config('finops.principals', %(principals)s, TRUE),
  set_config('role', %(role)s, TRUE)
