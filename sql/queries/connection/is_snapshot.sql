-- Whether every statement of this transaction sees one state, and none may write.
SELECT
  current_setting('transaction_isolation') IN ('repeatable read', 'serializable')
  AND current_setting('transaction_read_only')::BOOLEAN AS is_snapshot
