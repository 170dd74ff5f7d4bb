-- Guards: they hold for every path and every role, the owner included. SQLSTATE class UF is ours.
--   UF001 month or domain unknown      UF002 month closed            UF003 outside a publication
--   UF004 month before available_from  UF005 totals differ           UF006 immutable
--   UF007 a member is still cited      UF008 price refused           UF009 needs READ COMMITTED
--   UF010 not to be closed or reopened UF011 invoice or adjustment refused
--   UF012 nothing to decide

CREATE OR REPLACE FUNCTION refuse_statement() RETURNS TRIGGER
LANGUAGE plpgsql SET search_path = finops, pg_temp AS $$
BEGIN
  RAISE EXCEPTION '% on % is refused: %', TG_OP, TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'UF006';
END $$;

-- On a leaf: a leaf is a slice, and its rows change only inside the publication of that slice. On a month's partition,
-- where no domain is given: never.
CREATE OR REPLACE FUNCTION guard_slice() RETURNS TRIGGER
LANGUAGE plpgsql SECURITY DEFINER SET search_path = finops, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM period WHERE period_month = TG_ARGV[0]::DATE AND status = 'CLOSED') THEN
    RAISE EXCEPTION '% on facts of % is refused: the month is closed', TG_OP, TG_ARGV[0] USING ERRCODE = 'UF002';
  ELSIF TG_OP IN ('UPDATE', 'TRUNCATE') OR TG_NARGS = 1 THEN
    RAISE EXCEPTION '% on facts is refused: publish the slice again', TG_OP USING ERRCODE = 'UF006';
  END IF;
  IF NOT EXISTS (
    SELECT FROM slice_publication
    WHERE transaction_id = pg_current_xact_id() AND step = 'OPEN'
      AND period_month = TG_ARGV[0]::DATE AND domain_id = TG_ARGV[1]
  ) THEN
    RAISE EXCEPTION '% on facts of % % is refused outside its publication', TG_OP, TG_ARGV[1], TG_ARGV[0]
      USING ERRCODE = 'UF003';
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER facts_change_by_publication
BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON fact_consumption
FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement('facts change only by publishing a slice');

-- At the commit, so that what belongs to a version is written between sealing it and this.
CREATE OR REPLACE FUNCTION end_publication() RETURNS TRIGGER
LANGUAGE plpgsql SECURITY DEFINER SET search_path = finops, pg_temp AS $$
DECLARE
  ended slice_publication;
BEGIN
  DELETE FROM slice_publication WHERE transaction_id = NEW.transaction_id RETURNING * INTO ended;
  IF ended.step = 'OPEN' THEN
    RAISE EXCEPTION 'the publication of % % was not sealed', NEW.domain_id, NEW.period_month
      USING ERRCODE = 'UF003';
  END IF;
  IF ended.step = 'SEALED' OR EXISTS (
    SELECT FROM slice_driver
    WHERE (period_month, domain_id, version) = (ended.period_month, ended.domain_id, ended.version)
  ) THEN
    PERFORM seal_lineage(ended.period_month, ended.domain_id, ended.version);
  END IF;
  RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS publication_is_sealed ON slice_publication;
CREATE CONSTRAINT TRIGGER publication_is_sealed AFTER INSERT ON slice_publication
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION end_publication();
DROP FUNCTION IF EXISTS refuse_unsealed_publication();

-- Where a version came from is written by the transaction that publishes it, and never added to later.
CREATE OR REPLACE FUNCTION guard_lineage() RETURNS TRIGGER
LANGUAGE plpgsql SECURITY DEFINER SET search_path = finops, pg_temp AS $$
DECLARE
  stray RECORD;
BEGIN
  SELECT added.period_month, added.domain_id, added.version INTO stray
  FROM added
  WHERE NOT EXISTS (
    SELECT FROM slice_publication AS own
    WHERE own.transaction_id = pg_current_xact_id() AND own.step = ANY(TG_ARGV)
      AND (own.period_month, own.domain_id, own.version) = (added.period_month, added.domain_id, added.version)
  )
  LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'version % of % % takes no more rows of %: its publication is over', stray.version,
      stray.domain_id, to_char(stray.period_month, 'YYYY-MM'), TG_TABLE_NAME USING ERRCODE = 'UF003';
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER of_the_publication AFTER INSERT ON slice_source
REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION guard_lineage('SEALED');
CREATE OR REPLACE TRIGGER of_the_publication AFTER INSERT ON allocation_detail
REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION guard_lineage('SEALED');
-- lines that came out the same from a newer driver: the version stands, and has one driver more
CREATE OR REPLACE TRIGGER of_the_publication AFTER INSERT ON slice_driver
REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION guard_lineage('SEALED', 'UNCHANGED');

DO $$
DECLARE
  append_only TEXT;
BEGIN
  FOREACH append_only IN ARRAY
    ARRAY['slice_version', 'slice_source', 'slice_driver', 'allocation_detail', 'fact_archive', 'unit_price']
  LOOP
    EXECUTE format(
      'CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I
       FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement(%L)', append_only, append_only || ' only grows');
  END LOOP;
END $$;

-- What cites a member, by kind, with how many rows and from which month to which. A statement cites nothing that a fact,
-- a replaced line, a price or an adjustment does not cite too: what a closed month stood on is kept.
CREATE OR REPLACE FUNCTION citations(relation TEXT, domain TEXT, member TEXT)
RETURNS TABLE (kind TEXT, row_count BIGINT, first_month DATE, last_month DATE)
LANGUAGE plpgsql STABLE SET search_path = finops, pg_temp AS $$
BEGIN
  CASE relation
    WHEN 'dim_product' THEN
      RETURN QUERY
        SELECT 'fact', count(*), min(period_month), max(period_month)
        FROM fact_consumption WHERE domain_id = domain AND product_id = member HAVING count(*) > 0;
      RETURN QUERY
        SELECT 'replaced line', count(*), min(period_month), max(period_month)
        FROM fact_archive WHERE domain_id = domain AND product_id = member HAVING count(*) > 0;
      RETURN QUERY
        SELECT 'price', count(*), min(effective_from), max(effective_from)
        FROM unit_price WHERE domain_id = domain AND product_id = member HAVING count(*) > 0;
      RETURN QUERY
        SELECT 'draft price', count(*), min(effective_from), max(effective_from)
        FROM draft_price WHERE domain_id = domain AND product_id = member HAVING count(*) > 0;
      RETURN QUERY
        SELECT 'adjustment', count(*), min(original_month), max(original_month)
        FROM adjustment WHERE domain_id = domain AND product_id = member HAVING count(*) > 0;
    WHEN 'dim_family' THEN
      RETURN QUERY
        SELECT 'fact', count(*), min(period_month), max(period_month)
        FROM fact_consumption WHERE domain_id = domain AND family_id = member HAVING count(*) > 0;
      RETURN QUERY
        SELECT 'replaced line', count(*), min(period_month), max(period_month)
        FROM fact_archive WHERE domain_id = domain AND family_id = member HAVING count(*) > 0;
    WHEN 'dim_application' THEN
      RETURN QUERY
        SELECT 'fact', count(*), min(period_month), max(period_month)
        FROM fact_consumption WHERE application_id = member HAVING count(*) > 0;
      RETURN QUERY
        SELECT 'replaced line', count(*), min(period_month), max(period_month)
        FROM fact_archive WHERE application_id = member HAVING count(*) > 0;
      RETURN QUERY
        SELECT 'adjustment', count(*), min(original_month), max(original_month)
        FROM adjustment WHERE application_id = member HAVING count(*) > 0;
      RETURN QUERY
        SELECT 'access grant', count(*), NULL::DATE, NULL::DATE
        FROM application_access WHERE application_id = member HAVING count(*) > 0;
    WHEN 'dim_domain' THEN
      RETURN QUERY
        SELECT 'published version', count(*), min(period_month), max(period_month)
        FROM slice_version WHERE domain_id = member HAVING count(*) > 0;
  END CASE;
END $$;

-- Hard delete of a member that something cites. The SHARE locks wait for every publication under way and hold new ones
-- back until the deleting transaction ends, so no fact can slip in between; adjustments have foreign keys, and a price
-- may be there before its product. The locks are taken before the member's row is locked: a publication that describes
-- the member would wait for the row, and we for it.
CREATE OR REPLACE FUNCTION hold_publications_back() RETURNS TRIGGER
LANGUAGE plpgsql SECURITY DEFINER SET search_path = finops, pg_temp AS $$
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'deleting a member needs READ COMMITTED: an older snapshot could miss facts'
      USING ERRCODE = 'UF009';
  END IF;
  LOCK TABLE fact_consumption IN SHARE MODE;
  LOCK TABLE fact_archive IN SHARE MODE;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION refuse_delete_of_cited() RETURNS TRIGGER
LANGUAGE plpgsql SECURITY DEFINER SET search_path = finops, pg_temp AS $$
DECLARE
  line JSONB := to_jsonb(OLD);
  member TEXT := line ->> TG_ARGV[0];
  cited TEXT;
BEGIN
  SELECT string_agg(format('%s %s%s', row_count, kind, CASE WHEN row_count > 1 THEN 's' END), ', ') INTO cited
  FROM citations(TG_TABLE_NAME, line ->> 'domain_id', member);
  IF TG_TABLE_NAME = 'dim_application' AND member IN ('UNALLOCATED', 'UNASSIGNED') THEN
    cited := 'rules of the mart';
  END IF;
  IF cited IS NOT NULL THEN
    RAISE EXCEPTION '% % is never deleted while % cite it: deactivate it instead', replace(TG_TABLE_NAME, 'dim_', ''),
      member, cited USING ERRCODE = 'UF007', DETAIL = line::TEXT;
  END IF;
  RETURN OLD;
END $$;

CREATE OR REPLACE FUNCTION refuse_new_identity() RETURNS TRIGGER
LANGUAGE plpgsql SET search_path = finops, pg_temp AS $$
DECLARE
  frozen TEXT;
BEGIN
  FOREACH frozen IN ARRAY TG_ARGV LOOP
    IF to_jsonb(NEW) ->> frozen IS DISTINCT FROM to_jsonb(OLD) ->> frozen THEN
      RAISE EXCEPTION '%.% is stable and cannot be changed', TG_TABLE_NAME, frozen USING ERRCODE = 'UF006';
    END IF;
  END LOOP;
  RETURN NEW;
END $$;

DO $$
DECLARE
  dimension TEXT;
  key TEXT;
BEGIN
  FOREACH dimension IN ARRAY ARRAY['dim_domain', 'dim_family', 'dim_product', 'dim_application'] LOOP
    key := replace(dimension, 'dim_', '') || '_id';
    EXECUTE format(
      'CREATE OR REPLACE TRIGGER publications_wait BEFORE DELETE ON %I
       FOR EACH STATEMENT EXECUTE FUNCTION hold_publications_back()', dimension);
    EXECUTE format(
      'CREATE OR REPLACE TRIGGER cited_members_stay BEFORE DELETE ON %I
       FOR EACH ROW EXECUTE FUNCTION refuse_delete_of_cited(%L)', dimension, key);
    EXECUTE format(
      'CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON %I
       FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement(%L)', dimension, 'members are deactivated');
  END LOOP;
END $$;

CREATE OR REPLACE TRIGGER identity_is_stable BEFORE UPDATE ON dim_domain
FOR EACH ROW EXECUTE FUNCTION refuse_new_identity('domain_id');
CREATE OR REPLACE TRIGGER identity_is_stable BEFORE UPDATE ON dim_family
FOR EACH ROW EXECUTE FUNCTION refuse_new_identity('domain_id', 'family_id');
CREATE OR REPLACE TRIGGER identity_is_stable BEFORE UPDATE ON dim_product
FOR EACH ROW EXECUTE FUNCTION refuse_new_identity('domain_id', 'product_id', 'consumption_metric');
CREATE OR REPLACE TRIGGER identity_is_stable BEFORE UPDATE ON dim_application
FOR EACH ROW EXECUTE FUNCTION refuse_new_identity('application_id');
CREATE OR REPLACE TRIGGER identity_is_stable BEFORE UPDATE ON pricing_view
FOR EACH ROW EXECUTE FUNCTION refuse_new_identity('pricing_view_id', 'currency');

-- What was published keeps its sense: the mode of its domain, and a month in which the domain was available.
CREATE OR REPLACE FUNCTION guard_domain() RETURNS TRIGGER
LANGUAGE plpgsql SECURITY DEFINER SET search_path = finops, pg_temp AS $$
DECLARE
  first DATE;
BEGIN
  IF NEW.domain_mode <> OLD.domain_mode
     AND EXISTS (SELECT FROM slice_version WHERE domain_id = OLD.domain_id) THEN
    RAISE EXCEPTION 'domain % has facts: its mode cannot be changed', OLD.domain_id USING ERRCODE = 'UF006';
  END IF;
  IF NEW.available_from > OLD.available_from THEN
    SELECT min(period_month) INTO first FROM fact_consumption WHERE domain_id = OLD.domain_id;
    IF first < NEW.available_from THEN
      RAISE EXCEPTION 'domain % has facts from % on: it cannot be available from % only',
        OLD.domain_id, to_char(first, 'YYYY-MM'), to_char(NEW.available_from, 'YYYY-MM') USING ERRCODE = 'UF004';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER published_stays_valid BEFORE UPDATE ON dim_domain
FOR EACH ROW EXECUTE FUNCTION guard_domain();
DROP TRIGGER IF EXISTS mode_is_stable ON dim_domain;
DROP FUNCTION IF EXISTS refuse_new_mode();

-- Prices enter one transaction at a time: a refresh that has seen price n has seen every price below n.
CREATE OR REPLACE FUNCTION take_price_turn() RETURNS TRIGGER
LANGUAGE plpgsql SET search_path = finops, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('finops prices', 0));
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER one_at_a_time BEFORE INSERT ON unit_price
FOR EACH STATEMENT EXECUTE FUNCTION take_price_turn();

CREATE OR REPLACE FUNCTION refuse_price() RETURNS TRIGGER
LANGUAGE plpgsql SECURITY DEFINER SET search_path = finops, pg_temp AS $$
DECLARE
  wrong RECORD;
BEGIN
  SELECT added.*, dim_domain.domain_mode INTO wrong
  FROM added
  JOIN dim_domain USING (domain_id)
  WHERE (dim_domain.domain_mode = 'DIRECT' AND added.unit_price < 0)
     OR (dim_domain.domain_mode = 'INDIRECT' AND added.product_id <> '*')
  LIMIT 1;
  IF FOUND AND wrong.domain_mode = 'DIRECT' THEN
    RAISE EXCEPTION 'price % of % % is negative: only an amount to distribute (INDIRECT) may be',
      wrong.unit_price, wrong.domain_id, wrong.product_id USING ERRCODE = 'UF008';
  ELSIF FOUND THEN
    RAISE EXCEPTION 'domain % is INDIRECT: its amount is for product *, not %', wrong.domain_id, wrong.product_id
      USING ERRCODE = 'UF008';
  END IF;
  -- a draft may ask what a closed month would have cost; publishing it is what is refused
  IF TG_TABLE_NAME = 'draft_price' THEN
    RETURN NULL;
  END IF;
  IF EXISTS (
    SELECT
    FROM added
    JOIN dim_domain USING (domain_id)
    JOIN period ON period_month = added.effective_from
      OR (domain_mode = 'DIRECT' AND period_month > added.effective_from)
    WHERE status = 'CLOSED'
  ) THEN
    RAISE EXCEPTION 'a price may not take effect in or before a closed month' USING ERRCODE = 'UF002';
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER price_is_sound AFTER INSERT ON unit_price
REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_price();
