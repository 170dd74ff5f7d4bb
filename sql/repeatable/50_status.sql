-- What is known of each (month, domain): one row per month of a range. A domain that was never enabled and never
-- published is not listed.
CREATE OR REPLACE FUNCTION slice_status(first_month DATE, last_month DATE, current_month DATE) RETURNS TABLE (
  period_month DATE, domain_id TEXT, status TEXT, version INTEGER, row_count BIGINT, run_id UUID,
  reason TEXT, quarantined_count BIGINT, changed_at TIMESTAMPTZ
)
LANGUAGE sql STABLE SET search_path = finops, pg_temp AS $$
  WITH listed AS (
    SELECT dim_domain.domain_id, dim_domain.available_from
    FROM dim_domain
    WHERE is_enabled OR EXISTS (SELECT FROM slice_version AS ledger WHERE ledger.domain_id = dim_domain.domain_id)
  ),
  calendar AS (
    SELECT generate_series(first_month::TIMESTAMP, last_month, INTERVAL '1 month')::DATE AS period_month
  )
  SELECT
    calendar.period_month,
    listed.domain_id,
    CASE
      WHEN attempt.outcome = 'FAILED' THEN 'FAILED'
      WHEN newest.row_count > 0 THEN 'LOADED'
      WHEN newest.version IS NOT NULL THEN 'EMPTY_CONFIRMED'
      WHEN calendar.period_month < listed.available_from THEN 'NOT_AVAILABLE'
      WHEN calendar.period_month >= current_month THEN 'EXPECTED'
      ELSE 'MISSING'
    END,
    newest.version,
    newest.row_count,
    coalesce(attempt.run_id, newest.run_id),
    attempt.reason,
    (SELECT count(*) FROM quarantine_line AS kept
     WHERE kept.period_month = calendar.period_month AND kept.domain_id = listed.domain_id
       AND kept.is_current AND kept.decision IS NULL AND NOT quarantine_decided(kept)),
    coalesce(attempt.ended_at, newest.published_at)
  FROM calendar
  CROSS JOIN listed
  LEFT JOIN LATERAL (
    SELECT ledger.version, ledger.row_count, ledger.run_id, ledger.published_at
    FROM slice_version AS ledger
    WHERE ledger.period_month = calendar.period_month AND ledger.domain_id = listed.domain_id
    ORDER BY ledger.version DESC
    LIMIT 1
  ) AS newest ON TRUE
  LEFT JOIN LATERAL (
    SELECT tried.outcome, tried.run_id, tried.reason, tried.ended_at
    FROM slice_run AS tried
    WHERE tried.period_month = calendar.period_month AND tried.domain_id = listed.domain_id
    ORDER BY tried.started_at DESC
    LIMIT 1
  ) AS attempt ON TRUE
$$;

-- The same, from the domains' start to the current month.
CREATE OR REPLACE FUNCTION slice_status(current_month DATE) RETURNS TABLE (
  period_month DATE, domain_id TEXT, status TEXT, version INTEGER, row_count BIGINT, run_id UUID,
  reason TEXT, quarantined_count BIGINT, changed_at TIMESTAMPTZ
)
LANGUAGE sql STABLE SET search_path = finops, pg_temp AS $$
  SELECT known.*
  FROM (
    SELECT
      least(
        (SELECT min(ledger.period_month) FROM slice_version AS ledger),
        (SELECT min(available_from) FROM dim_domain
         WHERE is_enabled OR EXISTS (SELECT FROM slice_version AS ledger WHERE ledger.domain_id = dim_domain.domain_id))
      ) AS first_month,
      greatest(current_month, (SELECT max(ledger.period_month) FROM slice_version AS ledger)) AS last_month
  ) AS life
  CROSS JOIN LATERAL slice_status(life.first_month, life.last_month, current_month) AS known
$$;
