SELECT close_number, act, person, reason, acted_at, facts_sha256, prices_sha256, statement_sha256, entry_sha256
FROM close_period(
  %(month)s, %(current_month)s, %(person)s, %(reason)s, %(tolerated_amount)s, %(tolerated_share)s
)
