-- What is known of each (month, domain): one row per month from the domain's start to the current one.
-- A domain that was never enabled and never published is not listed.
CREATE OR REPLACE FUNCTION slice_status(current_month DATE) RETURNS TABLE (
  period_month DATE, domain_id TEXT, status TEXT, version INTEGER, row_count BIGINT, run_id UUID,
  reason TEXT, quarantined_count BIGINT, changed_at TIMESTAMPTZ
)
LANGUAGE sql STABLE SET search_path = finops, pg_temp AS $$
  WITH newest AS (
    SELECT DISTINCT ON (ledger.period_month, ledger.domain_id) ledger.*
    FROM slice_version AS ledger
    ORDER BY ledger.period_month, ledger.domain_id, ledger.version DESC
  ),
  attempt AS (
    SELECT DISTINCT ON (tried.period_month, tried.domain_id) tried.*
    FROM slice_run AS tried
    ORDER BY tried.period_month, tried.domain_id, tried.started_at DESC
  ),
  listed AS (
    SELECT dim_domain.domain_id, dim_domain.available_from
    FROM dim_domain
    WHERE is_enabled OR EXISTS (SELECT FROM newest WHERE newest.domain_id = dim_domain.domain_id)
  ),
  calendar AS (
    SELECT generate_series(
      least((SELECT min(available_from) FROM listed), (SELECT min(newest.period_month) FROM newest))::TIMESTAMP,
      greatest(current_month, (SELECT max(newest.period_month) FROM newest)), INTERVAL '1 month')::DATE AS period_month
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
       AND kept.is_current AND kept.decision IS NULL),
    coalesce(attempt.ended_at, newest.published_at)
  FROM calendar
  CROSS JOIN listed
  LEFT JOIN newest USING (period_month, domain_id)
  LEFT JOIN attempt USING (period_month, domain_id)
$$;
