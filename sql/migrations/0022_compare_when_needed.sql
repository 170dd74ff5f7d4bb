-- It has two more parameters now: a slice's lines are hashed before they are written only where it may hold them already.
DROP FUNCTION IF EXISTS open_publication(DATE, TEXT, UUID, BYTEA);
