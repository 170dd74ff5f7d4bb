-- Roles of the cluster and the schema of this database. Run by `finops migrate` before anything else,
-- as often as wanted. Roles belong to the whole server, so two databases may create them at once.
DO $$
DECLARE
  wanted TEXT;
  -- since PostgreSQL 16 whoever creates a role is a member of it that may not SET ROLE to it
  usable TEXT := CASE WHEN current_setting('server_version_num')::INTEGER < 160000 THEN 'MEMBER' ELSE 'SET' END;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['finops_owner', 'finops_batch', 'finops_admin', 'finops_api'] LOOP
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
END $$;

CREATE SCHEMA IF NOT EXISTS finops AUTHORIZATION finops_owner;
