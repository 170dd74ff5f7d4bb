-- Roles of the cluster and the schema of this database. Run by `finops migrate` before anything else,
-- as often as wanted. Roles belong to the whole server, so two databases may create them at once.
DO $$
DECLARE
  wanted TEXT;
  -- since PostgreSQL 16 whoever creates a role is a member of it that may not SET ROLE to it
  usable TEXT := CASE WHEN current_setting('server_version_num')::INTEGER < 160000 THEN 'MEMBER' ELSE 'SET' END;
  setting TEXT;
  value TEXT;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['finops_owner', 'finops_batch', 'finops_admin', 'finops_api', 'finops_reader'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL;  -- another database of this server was quicker
      END;
    END IF;
    IF NOT pg_has_role(current_user, wanted, usable) THEN
      EXECUTE format('GRANT %I TO CURRENT_USER', wanted);
    END IF;
  END LOOP;
  -- What a role that only reads starts with; a value that an operator has given stays.
  FOR wanted, setting, value IN
    VALUES
      ('finops_api', 'default_transaction_read_only', 'on'), ('finops_api', 'statement_timeout', '30min'),
      ('finops_reader', 'default_transaction_read_only', 'on'), ('finops_reader', 'statement_timeout', '15s'),
      ('finops_reader', 'lock_timeout', '2s'), ('finops_reader', 'idle_in_transaction_session_timeout', '60s')
  LOOP
    IF NOT EXISTS (
      SELECT FROM pg_roles, unnest(rolconfig) AS given WHERE rolname = wanted AND given LIKE setting || '=%'
    ) THEN
      BEGIN
        EXECUTE format('ALTER ROLE %I SET %I = %L', wanted, setting, value);
      EXCEPTION WHEN internal_error OR unique_violation THEN
        NULL;  -- as above: updated concurrently
      END;
    END IF;
  END LOOP;
END $$;

CREATE SCHEMA IF NOT EXISTS finops AUTHORIZATION finops_owner;
-- What a person sees, by application: views under the names of finops (sql/repeatable/80_visible.sql).
CREATE SCHEMA IF NOT EXISTS finops_visible AUTHORIZATION finops_owner;
