-- Whoever has an answer asks whether it is still good: mart_state.change_number says so, in the same snapshot as the
-- answer. It must grow with the commit of a change and not before, or an answer from before it would keep the number
-- of after it. A sequence cannot: it grows at once. The greatest time or id of what changed cannot: of two
-- transactions the older may commit last.
--
-- So the first change of a transaction leaves a notice, and the notice is turned into a number by a deferred trigger,
-- at the commit: the row of mart_state is held by one transaction after the other, each for as long as it commits.

CREATE OR REPLACE FUNCTION note_change() RETURNS TRIGGER
LANGUAGE plpgsql SECURITY DEFINER SET search_path = finops, pg_temp AS $$
BEGIN
  INSERT INTO change_notice DEFAULT VALUES ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION number_change() RETURNS TRIGGER
LANGUAGE plpgsql SECURITY DEFINER SET search_path = finops, pg_temp AS $$
BEGIN
  UPDATE mart_state SET change_number = change_number + 1;
  DELETE FROM change_notice WHERE transaction_id = NEW.transaction_id;
  RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS numbered ON change_notice;
CREATE CONSTRAINT TRIGGER numbered AFTER INSERT ON change_notice
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION number_change();

-- What statement triggers audit needs none of its own: audit_log tells.
DO $$
DECLARE
  shown TEXT;
BEGIN
  FOR shown IN
    SELECT tgrelid::REGCLASS FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE tgname = 'noted' AND relnamespace = 'finops'::REGNAMESPACE
  LOOP
    EXECUTE format('DROP TRIGGER noted ON %s', shown);
  END LOOP;
  FOREACH shown IN ARRAY ARRAY[
    'adjustment', 'application_access', 'audit_log', 'dim_domain', 'draft_price', 'invoice', 'mart_slice', 'period',
    'period_close', 'pricing_view', 'quarantine_decision', 'quarantine_line', 'slice_run', 'slice_version'
  ] LOOP
    EXECUTE format(
      'CREATE TRIGGER noted AFTER INSERT OR UPDATE OR DELETE ON %I '
      'FOR EACH STATEMENT EXECUTE FUNCTION note_change()', shown);
  END LOOP;
END $$;
