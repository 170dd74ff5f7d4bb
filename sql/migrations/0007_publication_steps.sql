-- What publishing still may write: lines while it is OPEN, sources, drivers and details of the version once it
-- is SEALED, drivers alone when the lines were UNCHANGED. The row is gone when the transaction commits.
ALTER TABLE slice_publication
  ADD COLUMN version INTEGER,
  ADD COLUMN step TEXT NOT NULL DEFAULT 'OPEN' CHECK (step IN ('OPEN', 'SEALED', 'UNCHANGED'));
