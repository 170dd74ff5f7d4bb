-- A person's word on what a member is called, and where it belongs, stands until a person takes it back: lists and
-- usage do not touch it. described_in is then the month from which on slices take it.
ALTER TABLE dim_product ADD COLUMN described_by TEXT CHECK (described_by <> '');
ALTER TABLE dim_application ADD COLUMN described_by TEXT CHECK (described_by <> '');
