-- Pricing books: what a view or a draft says, when each price holds, and the life of a draft.

-- Prices are published, and drafts written, one transaction at a time: a draft is not written to while it is
-- being published.
CREATE OR REPLACE TRIGGER one_at_a_time BEFORE INSERT OR DELETE ON draft_price
FOR EACH STATEMENT EXECUTE FUNCTION take_price_turn();
CREATE OR REPLACE TRIGGER drafts_are_written_again BEFORE UPDATE OR TRUNCATE ON draft_price
FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement('delete a line and write it again');
CREATE OR REPLACE TRIGGER price_is_sound AFTER INSERT ON draft_price
REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_price();

CREATE OR REPLACE FUNCTION refuse_misplaced_price() RETURNS TRIGGER
LANGUAGE plpgsql SECURITY DEFINER SET search_path = finops, pg_temp AS $$
DECLARE
  misplaced TEXT;
BEGIN
  SELECT pricing_view_id INTO misplaced
  FROM added
  JOIN pricing_view USING (pricing_view_id)
  WHERE is_draft <> (TG_TABLE_NAME = 'draft_price')
  LIMIT 1;
  IF FOUND AND TG_TABLE_NAME = 'draft_price' THEN
    RAISE EXCEPTION 'pricing view % is published: its prices are no draft', misplaced USING ERRCODE = 'UF008';
  ELSIF FOUND THEN
    RAISE EXCEPTION 'pricing view % is a draft: its prices are published with it', misplaced USING ERRCODE = 'UF008';
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER price_is_in_its_place AFTER INSERT ON unit_price
REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_misplaced_price();
CREATE OR REPLACE TRIGGER price_is_in_its_place AFTER INSERT ON draft_price
REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_misplaced_price();

-- A draft becomes published once, without leaving a price behind; a published view is never taken away.
CREATE OR REPLACE FUNCTION guard_draft() RETURNS TRIGGER
LANGUAGE plpgsql SECURITY DEFINER SET search_path = finops, pg_temp AS $$
DECLARE
  base pricing_view;
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF NOT OLD.is_draft THEN
      RAISE EXCEPTION 'pricing view % is published: it is never deleted', OLD.pricing_view_id USING ERRCODE = 'UF006';
    END IF;
    RETURN OLD;
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.is_draft AND NOT OLD.is_draft THEN
    RAISE EXCEPTION 'pricing view % is published: it becomes no draft again', OLD.pricing_view_id
      USING ERRCODE = 'UF006';
  END IF;
  IF NOT NEW.is_draft AND EXISTS (SELECT FROM draft_price WHERE pricing_view_id = NEW.pricing_view_id) THEN
    RAISE EXCEPTION 'draft % has prices that would be left behind: publish it', NEW.pricing_view_id
      USING ERRCODE = 'UF008';
  END IF;
  IF NEW.based_on IS NOT NULL THEN
    SELECT * INTO base FROM pricing_view WHERE pricing_view_id = NEW.based_on;
    IF base.is_draft THEN
      RAISE EXCEPTION 'draft % is based on %, which is a draft itself', NEW.pricing_view_id, NEW.based_on
        USING ERRCODE = 'UF008';
    ELSIF base.currency <> NEW.currency THEN
      RAISE EXCEPTION 'draft % is in % and based on %, which is in %: nothing is converted', NEW.pricing_view_id,
        NEW.currency, NEW.based_on, base.currency USING ERRCODE = 'UF008';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER draft_lives_once BEFORE INSERT OR UPDATE OR DELETE ON pricing_view
FOR EACH ROW EXECUTE FUNCTION guard_draft();
CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON pricing_view
FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement('a published view stays');

-- What is new among the prices that sources offer, with the revision each would get. A price that is the last
-- one of its (view, domain, product, month) is not new; nor is one that its source has said before and that
-- was corrected since, unless the caller insists.
CREATE OR REPLACE FUNCTION new_prices(
  views TEXT[], domains TEXT[], products TEXT[], months DATE[], prices NUMERIC[], sources TEXT[], insists BOOLEAN
)
RETURNS TABLE (
  place BIGINT, pricing_view_id TEXT, domain_id TEXT, product_id TEXT, effective_from DATE, unit_price NUMERIC,
  source_name TEXT, revision INTEGER
)
LANGUAGE sql STABLE SET search_path = finops, pg_temp AS $$
  SELECT offered.place, offered.pricing_view_id, offered.domain_id, offered.product_id, offered.effective_from,
    offered.unit_price, offered.source_name, coalesce(latest.revision, 0) + 1
  FROM unnest(views, domains, products, months, prices, sources) WITH ORDINALITY
    AS offered (pricing_view_id, domain_id, product_id, effective_from, unit_price, source_name, place)
  LEFT JOIN LATERAL (
    SELECT
      max(price.revision) AS revision,
      (array_agg(price.unit_price ORDER BY price.revision DESC))[1] AS unit_price,
      (array_agg(price.unit_price ORDER BY price.revision DESC)
       FILTER (WHERE price.source_name = offered.source_name))[1] AS said_before
    FROM unit_price AS price
    WHERE price.pricing_view_id = offered.pricing_view_id
      AND price.domain_id = offered.domain_id
      AND price.product_id = offered.product_id
      AND price.effective_from = offered.effective_from
  ) AS latest ON TRUE
  WHERE latest.unit_price IS DISTINCT FROM offered.unit_price
    AND (insists OR latest.said_before IS DISTINCT FROM offered.unit_price)
$$;

-- The first closed month that a price would change: its own, or in a DIRECT domain any later one.
CREATE OR REPLACE FUNCTION closed_month_changed(domain TEXT, month DATE) RETURNS DATE
LANGUAGE sql STABLE SET search_path = finops, pg_temp AS $$
  SELECT min(period.period_month)
  FROM period
  JOIN dim_domain ON domain_id = domain
  WHERE status = 'CLOSED'
    AND (period.period_month = month OR (domain_mode = 'DIRECT' AND period.period_month > month))
$$;

-- The lines of a book, one row per (domain, product or *, month of effect), each the last word on it: a draft's
-- own line, else the highest revision of the published view. Of a published view also as it was known before an
-- instant, or with no revision above a number.
CREATE OR REPLACE FUNCTION price_book(
  book TEXT, known_before TIMESTAMPTZ DEFAULT 'infinity', last_revision INTEGER DEFAULT 2147483647
)
RETURNS TABLE (
  domain_id TEXT, product_id TEXT, effective_from DATE, revision INTEGER, unit_price NUMERIC, source_name TEXT,
  source_line BIGINT, published_at TIMESTAMPTZ, published_by TEXT, is_drafted BOOLEAN
)
LANGUAGE sql STABLE ROWS 10000 SET search_path = finops, pg_temp AS $$
  SELECT DISTINCT ON (line.domain_id, line.product_id, line.effective_from) line.*
  FROM (
    SELECT
      price.domain_id, price.product_id, price.effective_from, price.revision, price.unit_price, price.source_name,
      NULL::BIGINT, price.published_at, price.published_by, FALSE AS is_drafted
    FROM pricing_view AS view
    JOIN unit_price AS price ON price.pricing_view_id = coalesce(view.based_on, view.pricing_view_id)
    WHERE view.pricing_view_id = book AND price.published_at < known_before AND price.revision <= last_revision
    UNION ALL
    SELECT
      draft.domain_id, draft.product_id, draft.effective_from, NULL, draft.unit_price, draft.source_name,
      draft.source_line, draft.drafted_at, draft.drafted_by, TRUE
    FROM draft_price AS draft
    WHERE draft.pricing_view_id = book
  ) AS line
  ORDER BY line.domain_id, line.product_id, line.effective_from, line.is_drafted DESC, line.revision DESC
$$;

-- The same, each line in every month it holds in: until the next line of a DIRECT product, and in its own month
-- only where an amount is distributed.
CREATE OR REPLACE FUNCTION book_in_force(
  book TEXT, first_month DATE, last_month DATE, known_before TIMESTAMPTZ DEFAULT 'infinity',
  last_revision INTEGER DEFAULT 2147483647
)
RETURNS TABLE (
  period_month DATE, domain_id TEXT, product_id TEXT, effective_from DATE, revision INTEGER, unit_price NUMERIC,
  source_name TEXT, source_line BIGINT, published_at TIMESTAMPTZ, published_by TEXT, is_drafted BOOLEAN
)
LANGUAGE sql STABLE ROWS 10000 SET search_path = finops, pg_temp AS $$
  WITH line AS (
    SELECT
      price_book.*,
      domain_mode,
      lead(price_book.effective_from)
        OVER (PARTITION BY price_book.domain_id, price_book.product_id ORDER BY price_book.effective_from) AS next_from
    FROM price_book(book, known_before, last_revision)
    JOIN dim_domain USING (domain_id)
  )
  SELECT
    month::DATE, line.domain_id, line.product_id, line.effective_from, line.revision, line.unit_price,
    line.source_name, line.source_line, line.published_at, line.published_by, line.is_drafted
  FROM line
  JOIN generate_series(first_month::TIMESTAMP, last_month, INTERVAL '1 month') AS month
    ON month >= line.effective_from
    AND (line.next_from IS NULL OR month < line.next_from)
    AND (line.domain_mode = 'DIRECT' OR month = line.effective_from)
$$;

-- Quantities of months by domain and product, with their price in two books: nothing of it is stored.
-- product_key is '' in an INDIRECT domain, so that joins can hash.
CREATE OR REPLACE FUNCTION quantities_in_two_books(
  before_book TEXT, after_book TEXT, first_month DATE, last_month DATE, domains TEXT[]
)
RETURNS TABLE (
  period_month DATE, domain_id TEXT, product_key TEXT, quantity NUMERIC, line_count BIGINT,
  price_before NUMERIC, price_after NUMERIC
)
LANGUAGE sql STABLE ROWS 10000 SET search_path = finops, pg_temp AS $$
  WITH paired AS MATERIALIZED (
    SELECT
      coalesce(b.period_month, a.period_month) AS period_month,
      coalesce(b.domain_id, a.domain_id) AS domain_id,
      coalesce(b.product_id, a.product_id) AS product_id,
      b.unit_price AS price_before,
      a.unit_price AS price_after
    FROM book_in_force(before_book, first_month, last_month) AS b
    FULL JOIN book_in_force(after_book, first_month, last_month) AS a
      ON a.period_month = b.period_month AND a.domain_id = b.domain_id AND a.product_id = b.product_id
  ),
  used AS MATERIALIZED (
    SELECT
      fact.period_month, fact.domain_id, coalesce(fact.product_id, '') AS product_key,
      sum(fact.quantity) AS quantity, count(*) AS line_count
    FROM fact_consumption AS fact
    WHERE fact.period_month BETWEEN first_month AND last_month
      AND (domains IS NULL OR fact.domain_id = ANY(domains))
    GROUP BY fact.period_month, fact.domain_id, fact.product_id
  )
  SELECT
    used.period_month, used.domain_id, used.product_key, used.quantity, used.line_count,
    coalesce(own.price_before, fallback.price_before),
    coalesce(own.price_after, fallback.price_after)
  FROM used
  LEFT JOIN paired AS own
    ON own.period_month = used.period_month AND own.domain_id = used.domain_id AND own.product_id = used.product_key
  LEFT JOIN paired AS fallback
    ON fallback.period_month = used.period_month AND fallback.domain_id = used.domain_id
    AND fallback.product_id = '*'
$$;
