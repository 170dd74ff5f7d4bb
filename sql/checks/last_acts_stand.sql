-- Whatever people administer, and every month, is as the last act on it left it
WITH last_act AS (
  SELECT DISTINCT ON (relation, key) relation, key, after
  FROM audit_log
  WHERE relation IN (SELECT relation FROM administered())
  ORDER BY relation, key, audit_id DESC
)
SELECT
  relation, key, last_act.after AS told, standing.line AS found,
  coalesce(last_act.after, standing.line) ->> 'period_month' AS period_month,
  coalesce(last_act.after, standing.line) ->> 'domain_id' AS domain_id
FROM last_act
LEFT JOIN administered() AS standing USING (relation, key)
-- no act records these
CROSS JOIN (SELECT ARRAY['described_in', 'in_referential'] AS unrecorded) AS columns
WHERE (last_act.after IS NULL) <> (standing.line IS NULL)
  -- column by column: an act from before a column came does not tell it
  OR EXISTS (
    SELECT FROM jsonb_each(last_act.after - unrecorded) AS told WHERE told.value IS DISTINCT FROM standing.line -> told.key
  )
  -- and then nobody has said anything in that column
  OR EXISTS (
    SELECT FROM jsonb_each(standing.line - unrecorded) AS found
    WHERE NOT last_act.after ? found.key AND found.value <> 'null'
  )
