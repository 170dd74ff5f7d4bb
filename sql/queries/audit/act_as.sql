SELECT
  set_config('finops.person', %(person)s, TRUE) AS person,
  set_config('finops.reason', coalesce(%(reason)s, ''), TRUE) AS reason
