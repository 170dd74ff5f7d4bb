-- Lines set aside and what people decide about them. A decision is in force at once; what it asks for is done by
-- the next run of the slice, and until then the line waits (decision IS NULL) and the month cannot be closed. Only a
-- rejection of a line that the slice does not hold needs no run.

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON quarantine_decision
FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement('quarantine_decision only grows');
CREATE OR REPLACE TRIGGER lines_stay BEFORE DELETE OR TRUNCATE ON quarantine_line
FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement('a line set aside is kept');
CREATE OR REPLACE TRIGGER identity_is_stable BEFORE UPDATE ON quarantine_line
FOR EACH ROW EXECUTE FUNCTION refuse_new_identity(
  'quarantine_id', 'period_month', 'domain_id', 'run_id', 'file_name', 'line_number', 'column_name', 'found_value',
  'reason', 'source_line', 'line_key');

-- What people decide is told by quarantine_decision; the rest is what runs do.
DROP TRIGGER IF EXISTS audited_update ON quarantine_line;
CREATE OR REPLACE TRIGGER audited AFTER INSERT ON quarantine_decision
FOR EACH ROW EXECUTE FUNCTION audit_row('decision_id', 'act:DECIDE');

-- The decision in force on each line of a slice.
CREATE OR REPLACE FUNCTION quarantine_in_force(month DATE, domain TEXT) RETURNS SETOF quarantine_decision
LANGUAGE sql STABLE SET search_path = finops, pg_temp AS $$
  SELECT DISTINCT ON (line_key) *
  FROM quarantine_decision
  WHERE period_month = month AND domain_id = domain
  ORDER BY line_key, decision_id DESC
$$;

-- Whether a person has decided on a line; what was decided waits for a run while the line does.
CREATE OR REPLACE FUNCTION quarantine_decided(kept quarantine_line) RETURNS BOOLEAN
LANGUAGE sql STABLE SET search_path = finops, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM quarantine_decision AS made
    WHERE (made.period_month, made.domain_id, made.line_key) = (kept.period_month, kept.domain_id, kept.line_key)
  )
$$;

-- The latest state of each line of a slice that was ever set aside.
CREATE OR REPLACE FUNCTION quarantine_latest(month DATE, domain TEXT) RETURNS SETOF quarantine_line
LANGUAGE sql STABLE SET search_path = finops, pg_temp AS $$
  SELECT DISTINCT ON (line_key) *
  FROM quarantine_line
  WHERE period_month = month AND domain_id = domain
  ORDER BY line_key, quarantine_id DESC
$$;

-- Decide on lines, in the name of finops.person and for finops.reason: ACCEPT takes a line as it is, FIX as
-- corrected, REJECT leaves it out for good. Returns the lines as they then stand.
CREATE OR REPLACE FUNCTION decide_quarantine(lines BIGINT[], asked TEXT, fixed JSONB DEFAULT NULL)
RETURNS SETOF quarantine_line
LANGUAGE plpgsql SECURITY DEFINER SET search_path = finops, pg_temp AS $$
DECLARE
  person TEXT := coalesce(nullif(current_setting('finops.person', TRUE), ''), session_user);
  told TEXT := nullif(current_setting('finops.reason', TRUE), '');
  found quarantine_line;
  slice RECORD;
  month_status TEXT;
  wanted BIGINT;
BEGIN
  IF told IS NULL THEN
    RAISE EXCEPTION 'a decision on a quarantined line needs a reason' USING ERRCODE = 'UF012';
  END IF;
  FOREACH wanted IN ARRAY lines LOOP
    IF NOT EXISTS (SELECT FROM quarantine_line WHERE quarantine_id = wanted) THEN
      RAISE EXCEPTION 'there is no quarantined line %', wanted USING ERRCODE = 'UF012';
    END IF;
  END LOOP;
  -- as publishing does: the slice, then its month. Neither is published or closed meanwhile.
  FOR slice IN
    SELECT DISTINCT period_month, domain_id FROM quarantine_line
    WHERE quarantine_id = ANY(lines) ORDER BY period_month, domain_id
  LOOP
    PERFORM pg_advisory_xact_lock(slice_lock(slice.period_month, slice.domain_id));
    SELECT status INTO month_status FROM period WHERE period_month = slice.period_month FOR SHARE;
    IF month_status = 'CLOSED' THEN
      RAISE EXCEPTION 'month % is closed: its quarantined lines are decided', to_char(slice.period_month, 'YYYY-MM')
        USING ERRCODE = 'UF002';
    END IF;
  END LOOP;
  FOR found IN
    SELECT latest.*
    FROM (SELECT DISTINCT period_month, domain_id, line_key FROM quarantine_line WHERE quarantine_id = ANY(lines)) AS named
    CROSS JOIN LATERAL (
      SELECT * FROM quarantine_line AS kept
      WHERE (kept.period_month, kept.domain_id, kept.line_key) = (named.period_month, named.domain_id, named.line_key)
      ORDER BY kept.quarantine_id DESC LIMIT 1
    ) AS latest
    ORDER BY latest.quarantine_id
  LOOP
    IF NOT found.is_current AND NOT found.is_landed THEN
      RAISE EXCEPTION 'line % is no longer in the source: there is nothing to decide', found.quarantine_id
        USING ERRCODE = 'UF012';
    END IF;
    INSERT INTO quarantine_decision (
      quarantine_id, period_month, domain_id, line_key, verdict, correction, decided_by, decision_reason)
    VALUES (found.quarantine_id, found.period_month, found.domain_id, found.line_key, asked, fixed, person, told);
    IF asked = 'REJECT' AND NOT found.is_landed THEN
      UPDATE quarantine_line
      SET decision = 'REJECTED', decided_by = person, decided_at = clock_timestamp(), decision_reason = told
      WHERE quarantine_id = found.quarantine_id
      RETURNING * INTO found;
    ELSE
      UPDATE quarantine_line
      SET is_current = TRUE, decision = NULL, decided_by = NULL, decided_at = NULL, decision_reason = NULL
      WHERE quarantine_id = found.quarantine_id
      RETURNING * INTO found;
    END IF;
    RETURN NEXT found;
  END LOOP;
END $$;

-- What a run that publishes a slice has made of its lines: which it set aside (now waiting), which it left out as
-- rejected, and which known ones it took in. seen is the last decision it knew of.
CREATE OR REPLACE FUNCTION settle_quarantine(
  month DATE, domain TEXT, run UUID, seen BIGINT, files TEXT[], numbers BIGINT[], columns TEXT[], found_values TEXT[],
  reasons TEXT[], source_lines TEXT[], keys TEXT[], rejected TEXT[], landed TEXT[]
) RETURNS VOID
LANGUAGE plpgsql SECURITY DEFINER SET search_path = finops, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(slice_lock(month, domain));
  IF EXISTS (SELECT FROM period WHERE period_month = month AND status = 'CLOSED') THEN
    RAISE EXCEPTION 'month % is closed', to_char(month, 'YYYY-MM') USING ERRCODE = 'UF002';
  END IF;
  IF seen <> (
    SELECT coalesce(max(decision_id), 0) FROM quarantine_decision WHERE period_month = month AND domain_id = domain
  ) THEN
    -- passes by itself: the run computes the slice again, with the decision
    RAISE EXCEPTION 'a line of % % was decided while the slice was computed', domain, to_char(month, 'YYYY-MM')
      USING ERRCODE = '40001';
  END IF;
  -- set aside again, at another place or for another reason: the same line in a new row
  UPDATE quarantine_line AS kept
  SET is_current = FALSE
  FROM unnest(files, numbers, reasons, keys) AS again (file_name, line_number, reason, line_key)
  WHERE kept.period_month = month AND kept.domain_id = domain AND kept.is_current AND kept.decision IS NULL
    AND kept.line_key = again.line_key
    AND (kept.file_name, kept.line_number, kept.reason) IS DISTINCT FROM
      (again.file_name, again.line_number, again.reason);
  -- no longer waiting: left out as a person asked, taken in, or gone from the source
  UPDATE quarantine_line AS kept
  SET decision = CASE WHEN kept.line_key = ANY(rejected) THEN 'REJECTED' ELSE 'REPLAYED' END,
      is_current = kept.line_key = ANY(rejected),
      is_landed = kept.line_key = ANY(landed),
      decided_by = coalesce(act.decided_by, session_user),
      decided_at = clock_timestamp(),
      decision_reason = coalesce(act.decision_reason, CASE
        WHEN kept.line_key = ANY(landed) THEN 'no rule sets it aside any more'
        ELSE 'the source no longer holds it'
      END)
  FROM quarantine_line AS waiting
  LEFT JOIN quarantine_in_force(month, domain) AS act USING (line_key)
  WHERE kept.quarantine_id = waiting.quarantine_id
    AND waiting.period_month = month AND waiting.domain_id = domain AND waiting.is_current
    AND waiting.decision IS NULL AND NOT waiting.line_key = ANY(keys);
  UPDATE quarantine_line AS kept
  SET is_landed = kept.line_key = ANY(landed)
  WHERE kept.quarantine_id IN (SELECT quarantine_id FROM quarantine_latest(month, domain))
    AND kept.is_landed <> (kept.line_key = ANY(landed));
  INSERT INTO quarantine_line (
    period_month, domain_id, run_id, file_name, line_number, column_name, found_value, reason, source_line, line_key)
  SELECT
    month, domain, run, again.file_name, again.line_number, again.column_name, again.found_value, again.reason,
    again.source_line::JSONB, again.line_key
  FROM unnest(files, numbers, columns, found_values, reasons, source_lines, keys)
    AS again (file_name, line_number, column_name, found_value, reason, source_line, line_key)
  WHERE NOT EXISTS (
    SELECT FROM quarantine_line AS kept
    WHERE kept.period_month = month AND kept.domain_id = domain AND kept.is_current AND kept.decision IS NULL
      AND kept.line_key = again.line_key
  );
END $$;

-- How far a line has come, with the verdict in force on it: it waits for a decision, then for the run that does what was
-- decided; or it was set aside again, and that line is the one to decide on.
CREATE OR REPLACE FUNCTION quarantine_stage(kept quarantine_line, verdict TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN kept.decision IS NOT NULL THEN lower(kept.decision)
    WHEN NOT kept.is_current THEN 'superseded'
    WHEN verdict IS NULL THEN 'waiting'
    ELSE 'decided'
  END
$$;
