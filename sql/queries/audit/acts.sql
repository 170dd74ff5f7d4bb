-- The newest acts first; json as text, so that no number of it passes through a binary float.
SELECT
  audit_id, acted_at, login, person, reason, act, relation,
  key::TEXT AS key, before::TEXT AS before, after::TEXT AS after
FROM audit_log
WHERE (%(since)s::TIMESTAMPTZ IS NULL OR acted_at >= %(since)s)
  AND (%(until)s::TIMESTAMPTZ IS NULL OR acted_at < %(until)s)
  AND (%(relation)s::TEXT IS NULL OR relation = %(relation)s)
  AND (%(person)s::TEXT IS NULL OR person = %(person)s)
  AND (%(key)s::JSONB IS NULL OR key = %(key)s::JSONB)
  AND (%(before)s::BIGINT IS NULL OR audit_id < %(before)s)
ORDER BY audit_id DESC
LIMIT %(limit)s
