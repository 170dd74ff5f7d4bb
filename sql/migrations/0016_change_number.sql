-- How often anything that an answer of the API shows has changed, marts or not. A transaction that changes something
-- leaves one notice; when it commits, the notice becomes a new number (sql/repeatable/85_changes.sql).

ALTER TABLE mart_state ADD COLUMN change_number BIGINT NOT NULL DEFAULT 0;

CREATE TABLE change_notice (
  transaction_id XID8 PRIMARY KEY DEFAULT pg_current_xact_id()
);
