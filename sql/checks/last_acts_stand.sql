-- Domains, members, pricing views, months and decisions are as the last act on each left them
WITH last_act AS (
  SELECT DISTINCT ON (relation, key) relation, key, after
  FROM audit_log
  WHERE relation IN (SELECT relation FROM administered())
  ORDER BY relation, key, audit_id DESC
)
SELECT relation, key, last_act.after AS told, standing.line AS found
FROM last_act
LEFT JOIN administered() AS standing USING (relation, key)
-- no act records these
CROSS JOIN (SELECT ARRAY['described_in', 'in_referential', 'is_current'] AS unrecorded) AS columns
WHERE (last_act.after IS NULL) <> (standing.line IS NULL)
  OR NOT (standing.line - unrecorded) @> (last_act.after - unrecorded)
