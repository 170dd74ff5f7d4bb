SELECT close_number, act, person, reason, acted_at, facts_sha256, prices_sha256, statement_sha256, entry_sha256
FROM reopen_period(%(month)s, %(person)s, %(reason)s)
