-- Keys of the API: made and revoked by acts, and nothing else ever done to them.

CREATE OR REPLACE TRIGGER audited AFTER INSERT OR UPDATE ON api_key
FOR EACH ROW EXECUTE FUNCTION audit_row('key_id');
CREATE OR REPLACE TRIGGER kept BEFORE DELETE OR TRUNCATE ON api_key
FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement('a key is revoked, and stays');

CREATE OR REPLACE FUNCTION guard_api_key() RETURNS TRIGGER
LANGUAGE plpgsql SET search_path = finops, pg_temp AS $$
BEGIN
  IF OLD.revoked_at IS NOT NULL OR to_jsonb(NEW) - 'revoked_at' <> to_jsonb(OLD) - 'revoked_at' THEN
    RAISE EXCEPTION 'UPDATE on api_key is refused: a key is revoked once, and never changed' USING ERRCODE = 'UF006';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER revoked_once BEFORE UPDATE ON api_key
FOR EACH ROW EXECUTE FUNCTION guard_api_key();
