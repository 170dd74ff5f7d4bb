-- A line set aside is known again by what it says, wherever it is delivered: line_key is a hash of its content
-- without file, line number and labels, and of how many lines of the slice said the same before it.
ALTER TABLE quarantine_line ADD COLUMN line_key TEXT;
UPDATE quarantine_line
SET line_key = keyed.line_key
FROM (
  SELECT
    told.quarantine_id,
    encode(sha256(convert_to(told.content || row_number() OVER (
      PARTITION BY told.period_month, told.domain_id, told.run_id, told.content ORDER BY told.file_name, told.line_number
    ), 'UTF8')), 'hex') AS line_key
  FROM (
    SELECT
      kept.quarantine_id, kept.period_month, kept.domain_id, kept.run_id, kept.file_name, kept.line_number,
      string_agg(field.key || E'\x1f' || field.value || E'\n', '' ORDER BY field.key COLLATE "C") AS content
    FROM quarantine_line AS kept
    CROSS JOIN LATERAL jsonb_each_text(kept.source_line) AS field
    WHERE field.value IS NOT NULL AND field.key NOT IN ('file', 'line') AND field.key NOT LIKE '%_label'
    GROUP BY kept.quarantine_id
  ) AS told
) AS keyed
WHERE keyed.quarantine_id = quarantine_line.quarantine_id;
ALTER TABLE quarantine_line ALTER COLUMN line_key SET NOT NULL;
-- whether the slice as it stands holds the line, as delivered or as corrected
ALTER TABLE quarantine_line ADD COLUMN is_landed BOOLEAN NOT NULL DEFAULT FALSE;
CREATE UNIQUE INDEX quarantine_waits_once ON quarantine_line (period_month, domain_id, line_key)
WHERE is_current AND decision IS NULL;
CREATE INDEX quarantine_line_of_slice ON quarantine_line (period_month, domain_id, line_key);

-- What people decide about such lines: it only grows, and the last decision on a line is in force.
CREATE TABLE quarantine_decision (
  decision_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  quarantine_id BIGINT NOT NULL REFERENCES quarantine_line,
  period_month DATE NOT NULL,
  domain_id TEXT NOT NULL REFERENCES dim_domain,
  line_key TEXT NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('ACCEPT', 'FIX', 'REJECT')),
  -- the columns that are to say something else, with what; the rest of the line and the original stay
  correction JSONB,
  decided_by TEXT NOT NULL CHECK (decided_by <> ''),
  decided_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
  decision_reason TEXT NOT NULL CHECK (decision_reason <> ''),
  CHECK ((verdict = 'FIX') = (correction IS NOT NULL)),
  CHECK (correction <> '{}')
);
CREATE INDEX quarantine_decision_in_force ON quarantine_decision (period_month, domain_id, line_key, decision_id DESC);
