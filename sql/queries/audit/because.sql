-- The reason of what follows in this transaction, unless one was given.
SELECT set_config(
  'finops.reason', coalesce(nullif(current_setting('finops.reason', TRUE), ''), %(reason)s), TRUE) AS reason
