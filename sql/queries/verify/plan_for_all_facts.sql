-- Checks meet all facts with all prices: hashes do that in one pass, and the planner, which cannot know how few groups
-- come out, would sort every row.
SELECT
  set_config('work_mem', '256MB', TRUE),
  set_config('jit', 'off', TRUE),
  set_config('enable_mergejoin', 'off', TRUE),
  set_config('enable_sort', 'off', TRUE)
