-- A person's word on whether a member is in service stands until a person takes it back: lists do not touch it.
ALTER TABLE dim_product ADD COLUMN held_by TEXT CHECK (held_by <> '');
ALTER TABLE dim_application ADD COLUMN held_by TEXT CHECK (held_by <> '');
