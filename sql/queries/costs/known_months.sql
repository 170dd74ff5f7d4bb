SELECT
  least(
    %(current)s::DATE,
    (SELECT min(period_month) FROM slice_version),
    (SELECT min(available_from) FROM dim_domain WHERE is_enabled)
  ) AS first_month,
  greatest(%(current)s::DATE, (SELECT max(period_month) FROM slice_version)) AS last_month
