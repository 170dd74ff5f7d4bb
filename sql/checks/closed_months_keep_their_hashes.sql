-- Facts, prices and statement of every closing have the hashes that were recorded, and the acts are chained
WITH act AS (
  SELECT
    period_close AS recorded,
    lag(entry_sha256) OVER (PARTITION BY period_month ORDER BY close_number, act) AS entry_before,
    lag(act, 1, 'REOPEN') OVER (PARTITION BY period_month ORDER BY close_number, act) AS act_before,
    row_number() OVER (PARTITION BY period_month ORDER BY close_number, act) AS place
  FROM period_close
)
SELECT (recorded).period_month, (recorded).close_number, (recorded).act
FROM act
WHERE (recorded).entry_sha256 <> period_close_hash(recorded)
  OR (recorded).previous_sha256 IS DISTINCT FROM entry_before
  OR (recorded).act = act_before
  OR (recorded).close_number <> (place + 1) / 2
  OR (recorded).statement_sha256 <> statement_hash((recorded).period_month, (recorded).close_number)
  OR (recorded).prices_sha256 <> statement_prices_hash((recorded).period_month, (recorded).close_number)
  OR (
    (SELECT status FROM period WHERE period_month = (recorded).period_month) = 'CLOSED'
    AND (recorded).close_number = (
      SELECT max(last.close_number) FROM period_close AS last WHERE last.period_month = (recorded).period_month
    )
    AND (recorded).facts_sha256 <> period_facts_hash((recorded).period_month)
  )
