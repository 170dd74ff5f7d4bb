-- Closing a month: what blocks it, what it comes to, and what is refused afterwards. Months close in order and only the
-- last closed one is reopened: a DIRECT price carries forward, so an open month before a closed one could not be priced.

-- Digits after the point of a currency: ISO 4217 list one, as published on 2026-01-01. Most have two.
CREATE OR REPLACE FUNCTION minor_unit(currency TEXT) RETURNS INTEGER LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV',
                      'XAF', 'XOF', 'XPF') THEN 0
    WHEN currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN 3
    WHEN currency IN ('CLF', 'UYW') THEN 4
    ELSE 2
  END
$$;

-- Costs rounded so that they add up to their rounded sum: each is floored, and the units missing from the total (half
-- away from zero) go to the largest remainders, the earlier place first. money.py rounds the same way.
CREATE OR REPLACE FUNCTION round_to_total(costs NUMERIC[], decimals INTEGER) RETURNS NUMERIC[]
LANGUAGE sql IMMUTABLE AS $$
  WITH scaled AS (
    SELECT place, cost * 10::NUMERIC ^ decimals AS units
    FROM unnest(costs) WITH ORDINALITY AS part (cost, place)
  ),
  floored AS (
    SELECT
      place,
      floor(units) AS units,
      row_number() OVER (ORDER BY units - floor(units) DESC, place) AS turn,
      round(sum(units) OVER ()) - sum(floor(units)) OVER () AS left_over
    FROM scaled
  )
  SELECT coalesce(array_agg(
    round((units + CASE WHEN turn <= left_over THEN 1 ELSE 0 END) * 10::NUMERIC ^ (-decimals), decimals)
    ORDER BY place), '{}')
  FROM floored
$$;

-- The price that each product of a month is priced at, in every published view: one row per (view, domain, product), *
-- for an INDIRECT amount; price_id is NULL where there is none.
CREATE OR REPLACE FUNCTION prices_of_month(month DATE)
RETURNS TABLE (pricing_view_id TEXT, domain_id TEXT, product_id TEXT, line_count BIGINT, price_id BIGINT)
LANGUAGE sql STABLE SET search_path = finops, pg_temp AS $$
  WITH used AS MATERIALIZED (
    SELECT fact.domain_id, coalesce(fact.product_id, '*') AS product_id, count(*) AS line_count
    FROM fact_consumption AS fact
    WHERE fact.period_month = month
    GROUP BY fact.domain_id, coalesce(fact.product_id, '*')
  ),
  in_force AS MATERIALIZED (
    SELECT of_month.domain_id, price.pricing_view_id, price.product_id, price.price_id
    FROM (SELECT DISTINCT used.domain_id FROM used) AS of_month
    CROSS JOIN LATERAL prices_in_force(month, of_month.domain_id) AS price
  )
  SELECT
    pricing_view.pricing_view_id, used.domain_id, used.product_id, used.line_count,
    coalesce(own.price_id, fallback.price_id)
  FROM used
  CROSS JOIN pricing_view
  LEFT JOIN in_force AS own
    ON own.domain_id = used.domain_id
    AND own.pricing_view_id = pricing_view.pricing_view_id
    AND own.product_id = used.product_id
  LEFT JOIN in_force AS fallback
    ON fallback.domain_id = used.domain_id
    AND fallback.pricing_view_id = pricing_view.pricing_view_id
    AND fallback.product_id = '*'
  WHERE NOT pricing_view.is_draft
$$;

-- An invoice and what the mart makes of the same month, per (pricing view, domain): invoice = allocated + unassigned +
-- unallocated + adjusted + quarantined + variance, to the last digit. Lines without a price count, and are no amount.
CREATE OR REPLACE FUNCTION reconcile(month DATE) RETURNS TABLE (
  pricing_view_id TEXT, currency TEXT, domain_id TEXT, invoice NUMERIC, reference TEXT, allocated NUMERIC,
  unassigned NUMERIC, unallocated NUMERIC, adjusted NUMERIC, quarantined NUMERIC, variance NUMERIC,
  unpriced_count BIGINT, quarantined_count BIGINT, unvalued_count BIGINT
)
LANGUAGE sql STABLE SET search_path = finops, pg_temp AS $$
  WITH costs AS (
    SELECT
      mart.pricing_view_id,
      mart.domain_id,
      sum(mart.cost) FILTER (WHERE mart.application_id NOT IN ('UNASSIGNED', 'UNALLOCATED')) AS allocated,
      sum(mart.cost) FILTER (WHERE mart.application_id = 'UNASSIGNED') AS unassigned,
      sum(mart.cost) FILTER (WHERE mart.application_id = 'UNALLOCATED') AS unallocated,
      sum(mart.unpriced_count)::BIGINT AS unpriced_count
    FROM cost_app_month AS mart
    WHERE mart.period_month = month
    GROUP BY mart.pricing_view_id, mart.domain_id
  ),
  invoiced AS (
    SELECT DISTINCT ON (received.pricing_view_id, received.domain_id)
      received.pricing_view_id, received.domain_id, received.amount, received.reference
    FROM invoice AS received
    WHERE received.period_month = month
    ORDER BY received.pricing_view_id, received.domain_id, received.revision DESC
  ),
  adjustments AS (
    SELECT money.pricing_view_id, booked.domain_id, sum(money.amount) AS amount
    FROM adjustment AS booked
    JOIN adjustment_amount AS money USING (adjustment_id)
    WHERE booked.period_month = month
    GROUP BY money.pricing_view_id, booked.domain_id
  ),
  waiting AS MATERIALIZED (
    SELECT
      kept.domain_id,
      kept.source_line ->> 'product_id' AS product_id,
      CASE WHEN kept.source_line ->> 'quantity' ~ '^-?[0-9]*\.?[0-9]+([eE][+-]?[0-9]{1,2})?$'
        THEN (kept.source_line ->> 'quantity')::NUMERIC
      END AS quantity
    FROM quarantine_line AS kept
    WHERE kept.period_month = month AND kept.is_current AND kept.decision IS NULL
  ),
  in_force AS MATERIALIZED (
    SELECT of_month.domain_id, price.*
    FROM (SELECT DISTINCT waiting.domain_id FROM waiting) AS of_month
    CROSS JOIN LATERAL prices_in_force(month, of_month.domain_id) AS price
  ),
  set_aside AS (
    SELECT
      pricing_view.pricing_view_id,
      waiting.domain_id,
      sum(waiting.quantity * coalesce(own.unit_price, fallback.unit_price)) AS amount,
      count(*) AS line_count,
      count(*) FILTER (WHERE waiting.quantity * coalesce(own.unit_price, fallback.unit_price) IS NULL) AS unvalued_count
    FROM waiting
    CROSS JOIN pricing_view
    LEFT JOIN in_force AS own
      ON own.domain_id = waiting.domain_id
      AND own.pricing_view_id = pricing_view.pricing_view_id
      AND own.product_id = waiting.product_id
    LEFT JOIN in_force AS fallback
      ON fallback.domain_id = waiting.domain_id
      AND fallback.pricing_view_id = pricing_view.pricing_view_id
      AND fallback.product_id = '*'
    GROUP BY pricing_view.pricing_view_id, waiting.domain_id
  )
  SELECT
    pricing_view.pricing_view_id,
    pricing_view.currency,
    dim_domain.domain_id,
    invoiced.amount,
    invoiced.reference,
    coalesce(costs.allocated, 0),
    coalesce(costs.unassigned, 0),
    coalesce(costs.unallocated, 0),
    coalesce(adjustments.amount, 0),
    coalesce(set_aside.amount, 0),
    invoiced.amount - coalesce(costs.allocated, 0) - coalesce(costs.unassigned, 0) - coalesce(costs.unallocated, 0)
      - coalesce(adjustments.amount, 0) - coalesce(set_aside.amount, 0),
    coalesce(costs.unpriced_count, 0),
    coalesce(set_aside.line_count, 0),
    coalesce(set_aside.unvalued_count, 0)
  FROM pricing_view
  CROSS JOIN dim_domain
  LEFT JOIN costs USING (pricing_view_id, domain_id)
  LEFT JOIN invoiced USING (pricing_view_id, domain_id)
  LEFT JOIN adjustments USING (pricing_view_id, domain_id)
  LEFT JOIN set_aside USING (pricing_view_id, domain_id)
  WHERE NOT pricing_view.is_draft
    AND (costs.domain_id IS NOT NULL OR invoiced.amount IS NOT NULL OR adjustments.domain_id IS NOT NULL
         OR set_aside.domain_id IS NOT NULL)
$$;

-- The invoices whose variance is more than so much, plus such a share of the invoice.
CREATE OR REPLACE FUNCTION invoices_off(month DATE, tolerated_amount NUMERIC, tolerated_share NUMERIC)
RETURNS TABLE (domain_id TEXT, pricing_view_id TEXT, currency TEXT, invoice NUMERIC, variance NUMERIC)
LANGUAGE sql STABLE SET search_path = finops, pg_temp AS $$
  SELECT found.domain_id, found.pricing_view_id, found.currency, found.invoice, found.variance
  FROM reconcile(month) AS found
  WHERE abs(found.variance) > tolerated_amount + tolerated_share * abs(found.invoice)
  ORDER BY found.domain_id, found.pricing_view_id
$$;

-- Everything that keeps a month from being closed, one row each. Without a tolerated amount invoices are not looked at.
CREATE OR REPLACE FUNCTION close_blockers(
  month DATE, current_month DATE, tolerated_amount NUMERIC DEFAULT NULL, tolerated_share NUMERIC DEFAULT 0
) RETURNS TABLE (blocker TEXT, domain_id TEXT, subject TEXT, line_count BIGINT)
LANGUAGE sql STABLE SET search_path = finops, pg_temp AS $$
  WITH status AS MATERIALIZED (
    SELECT known.*
    FROM slice_status(current_month) AS known
    JOIN dim_domain ON dim_domain.domain_id = known.domain_id AND dim_domain.is_enabled
    WHERE known.period_month <= month AND known.status <> 'NOT_AVAILABLE'
  )
  SELECT 'UNKNOWN_MONTH', NULL, NULL, NULL::BIGINT
  WHERE NOT EXISTS (SELECT FROM period WHERE period.period_month = month)
  UNION ALL
  SELECT 'CLOSED', NULL, NULL, NULL
  FROM period
  WHERE period.period_month = month AND period.status = 'CLOSED'
  UNION ALL
  SELECT 'NOT_OVER', NULL, to_char(current_month, 'YYYY-MM'), NULL
  WHERE month >= current_month
  UNION ALL
  SELECT 'EARLIER_MONTH', NULL, to_char(earlier.period_month, 'YYYY-MM'), NULL
  FROM (
    SELECT status.period_month FROM status WHERE status.period_month < month
    UNION
    SELECT period.period_month FROM period WHERE period.period_month < month
  ) AS earlier
  LEFT JOIN period USING (period_month)
  WHERE period.status IS DISTINCT FROM 'CLOSED'
  UNION ALL
  SELECT 'SLICE', status.domain_id, status.status, NULL
  FROM status
  WHERE status.period_month = month AND status.status NOT IN ('LOADED', 'EMPTY_CONFIRMED')
  UNION ALL
  SELECT DISTINCT 'DRIVER', outdated.domain_id, outdated.restated_domain_id, NULL::BIGINT
  FROM outdated_slices() AS outdated
  WHERE outdated.period_month = month
  UNION ALL
  SELECT 'QUARANTINE', kept.domain_id, kept.file_name, count(*)
  FROM quarantine_line AS kept
  WHERE kept.period_month = month AND kept.is_current AND kept.decision IS NULL AND NOT quarantine_decided(kept)
  GROUP BY kept.domain_id, kept.file_name
  UNION ALL
  SELECT 'QUARANTINE_DECIDED', kept.domain_id, kept.file_name, count(*)
  FROM quarantine_line AS kept
  WHERE kept.period_month = month AND kept.is_current AND kept.decision IS NULL AND quarantine_decided(kept)
  GROUP BY kept.domain_id, kept.file_name
  UNION ALL
  SELECT 'NO_DEFAULT_VIEW', NULL, NULL, NULL
  WHERE NOT EXISTS (SELECT FROM pricing_view WHERE pricing_view.is_default)
  UNION ALL
  SELECT 'UNPRICED', priced.domain_id, priced.product_id, priced.line_count
  FROM prices_of_month(month) AS priced
  JOIN pricing_view ON pricing_view.pricing_view_id = priced.pricing_view_id AND pricing_view.is_default
  WHERE priced.price_id IS NULL
  UNION ALL
  SELECT 'UNPRICED_ADJUSTMENT', booked.domain_id, booked.adjustment_id::TEXT, NULL
  FROM adjustment AS booked
  CROSS JOIN pricing_view
  WHERE booked.period_month = month
    AND pricing_view.is_default
    AND NOT EXISTS (
      SELECT
      FROM adjustment_amount AS money
      WHERE money.adjustment_id = booked.adjustment_id AND money.pricing_view_id = pricing_view.pricing_view_id
    )
  UNION ALL
  SELECT 'STALE_MARTS', stale.domain_id, NULL, NULL
  FROM stale_slices() AS stale
  WHERE stale.period_month = month
  UNION ALL
  SELECT 'INVOICE', off.domain_id, format('%s %s in %s', trim_scale(off.variance), off.currency, off.pricing_view_id), NULL
  FROM invoices_off(month, tolerated_amount, tolerated_share) AS off
  WHERE tolerated_amount IS NOT NULL
$$;

-- Hashes of what a closed month stands on, those of a statement whole or of one domain. Text is in byte order, fields are
-- separated by U+001F.
CREATE OR REPLACE FUNCTION period_facts_hash(month DATE) RETURNS BYTEA
LANGUAGE sql STABLE SET search_path = finops, pg_temp AS $$
  SELECT sha256(convert_to(coalesce(string_agg(
    concat_ws(E'\x1f', ledger.domain_id, encode(slice_content_hash(month, ledger.domain_id), 'hex')) || E'\n', ''
    ORDER BY ledger.domain_id COLLATE "C"), ''), 'UTF8'))
  FROM (SELECT DISTINCT domain_id FROM slice_version WHERE period_month = month) AS ledger
$$;

CREATE OR REPLACE FUNCTION statement_prices_hash(month DATE, number INTEGER, of_domain TEXT DEFAULT NULL) RETURNS BYTEA
LANGUAGE sql STABLE SET search_path = finops, pg_temp AS $$
  SELECT sha256(convert_to(coalesce(string_agg(
    concat_ws(E'\x1f', pricing_view_id, domain_id, product_id, priced_as, to_char(effective_from, 'YYYY-MM'), revision,
              price_id, unit_price) || E'\n', ''
    ORDER BY pricing_view_id COLLATE "C", domain_id COLLATE "C", product_id COLLATE "C"), ''), 'UTF8'))
  FROM statement_price
  WHERE period_month = month AND close_number = number AND (of_domain IS NULL OR domain_id = of_domain)
$$;

CREATE OR REPLACE FUNCTION statement_hash(month DATE, number INTEGER, of_domain TEXT DEFAULT NULL) RETURNS BYTEA
LANGUAGE sql STABLE SET search_path = finops, pg_temp AS $$
  SELECT sha256(convert_to(coalesce(string_agg(
    concat_ws(E'\x1f', pricing_view_id, domain_id, application_id, to_char(original_month, 'YYYY-MM'),
              coalesce(trim_scale(cost)::TEXT, ''), coalesce(rounded_cost::TEXT, ''), currency, decimals, line_count,
              unpriced_count) || E'\n', ''
    ORDER BY pricing_view_id COLLATE "C", domain_id COLLATE "C", application_id COLLATE "C", original_month), ''),
    'UTF8'))
  FROM statement
  WHERE period_month = month AND close_number = number AND (of_domain IS NULL OR domain_id = of_domain)
$$;

CREATE OR REPLACE FUNCTION period_close_hash(done period_close) RETURNS BYTEA LANGUAGE sql IMMUTABLE AS $$
  SELECT sha256(convert_to(concat_ws(E'\x1f', encode(coalesce(done.previous_sha256, ''), 'hex'),
    to_char(done.period_month, 'YYYY-MM'), done.close_number, done.act, done.person, coalesce(done.reason, ''),
    extract(EPOCH FROM done.acted_at), encode(done.facts_sha256, 'hex'), encode(done.prices_sha256, 'hex'),
    encode(done.statement_sha256, 'hex')), 'UTF8'))
$$;

-- Hold a month still: publications of its slices, prices and refreshes end first, and new ones wait. The row comes
-- before the locks, as in a publication.
CREATE OR REPLACE FUNCTION hold_period(month DATE) RETURNS TEXT
LANGUAGE plpgsql SECURITY DEFINER SET search_path = finops, pg_temp AS $$
DECLARE
  held TEXT;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'closing and reopening need READ COMMITTED: an older snapshot could miss facts'
      USING ERRCODE = 'UF009';
  END IF;
  SELECT status INTO held FROM period WHERE period_month = month FOR UPDATE;
  PERFORM pg_advisory_xact_lock(hashtextextended('finops partitions', 0));
  PERFORM pg_advisory_xact_lock(hashtextextended('finops marts', 0));
  PERFORM pg_advisory_xact_lock_shared(hashtextextended('finops prices', 0));
  RETURN held;
END $$;

-- Record what was done to a month, and make its status that of the act.
CREATE OR REPLACE FUNCTION record_period_act(done period_close) RETURNS period_close
LANGUAGE plpgsql SECURITY DEFINER SET search_path = finops, pg_temp AS $$
BEGIN
  SELECT entry_sha256 INTO done.previous_sha256 FROM period_close AS before
  WHERE before.period_month = done.period_month
  ORDER BY before.close_number DESC, before.act DESC LIMIT 1;
  done.acted_at := clock_timestamp();
  done.entry_sha256 := period_close_hash(done);
  INSERT INTO period_close SELECT done.*;
  UPDATE period SET status = CASE done.act WHEN 'CLOSE' THEN 'CLOSED' ELSE 'OPEN' END
  WHERE period_month = done.period_month;
  RETURN done;
END $$;

-- Store what a month came to: the prices it stands on, then a line per (view, domain, application, original month).
CREATE OR REPLACE FUNCTION store_statement(month DATE, number INTEGER) RETURNS VOID
LANGUAGE plpgsql SECURITY DEFINER SET search_path = finops, pg_temp AS $$
BEGIN
  INSERT INTO statement_price (period_month, close_number, pricing_view_id, domain_id, product_id, priced_as,
                               effective_from, revision, price_id, unit_price)
  SELECT month, number, used.pricing_view_id, used.domain_id, used.product_id, price.product_id,
         price.effective_from, price.revision, price.price_id, price.unit_price
  FROM prices_of_month(month) AS used
  JOIN unit_price AS price ON price.domain_id = used.domain_id AND price.price_id = used.price_id;

  INSERT INTO statement (period_month, close_number, pricing_view_id, domain_id, application_id, original_month, cost,
                         rounded_cost, currency, decimals, line_count, unpriced_count)
  WITH line AS (
    SELECT
      pricing_view.pricing_view_id, fact.domain_id, fact.application_id, month AS original_month,
      sum(fact.quantity * price.unit_price) AS cost,
      count(*) AS line_count,
      count(*) FILTER (WHERE price.unit_price IS NULL) AS unpriced_count
    FROM fact_consumption AS fact
    CROSS JOIN pricing_view
    LEFT JOIN statement_price AS price
      ON price.period_month = month
      AND price.close_number = number
      AND price.pricing_view_id = pricing_view.pricing_view_id
      AND price.domain_id = fact.domain_id
      AND price.product_id = coalesce(fact.product_id, '*')
    WHERE fact.period_month = month AND NOT pricing_view.is_draft
    GROUP BY pricing_view.pricing_view_id, fact.domain_id, fact.application_id
    UNION ALL
    SELECT
      pricing_view.pricing_view_id, booked.domain_id, booked.application_id, booked.original_month,
      sum(money.amount), count(*), count(*) FILTER (WHERE money.amount IS NULL)
    FROM adjustment AS booked
    CROSS JOIN pricing_view
    LEFT JOIN adjustment_amount AS money
      ON money.adjustment_id = booked.adjustment_id AND money.pricing_view_id = pricing_view.pricing_view_id
    WHERE booked.period_month = month AND NOT pricing_view.is_draft
    GROUP BY pricing_view.pricing_view_id, booked.domain_id, booked.application_id, booked.original_month
  ),
  grouped AS (
    SELECT
      line.pricing_view_id,
      line.domain_id,
      array_agg(line.application_id ORDER BY line.application_id COLLATE "C", line.original_month) AS applications,
      array_agg(line.original_month ORDER BY line.application_id COLLATE "C", line.original_month) AS months,
      round_to_total(array_agg(line.cost ORDER BY line.application_id COLLATE "C", line.original_month),
                     minor_unit(pricing_view.currency)) AS parts
    FROM line
    JOIN pricing_view USING (pricing_view_id)
    WHERE line.cost IS NOT NULL
    GROUP BY line.pricing_view_id, line.domain_id, pricing_view.currency
  ),
  rounded AS (
    SELECT grouped.pricing_view_id, grouped.domain_id, part.application_id, part.original_month, part.rounded_cost
    FROM grouped
    CROSS JOIN unnest(grouped.applications, grouped.months, grouped.parts)
      AS part (application_id, original_month, rounded_cost)
  )
  SELECT
    month, number, line.pricing_view_id, line.domain_id, line.application_id, line.original_month, line.cost,
    rounded.rounded_cost, pricing_view.currency, minor_unit(pricing_view.currency), line.line_count, line.unpriced_count
  FROM line
  JOIN pricing_view USING (pricing_view_id)
  LEFT JOIN rounded USING (pricing_view_id, domain_id, application_id, original_month);

  INSERT INTO statement_seal (period_month, close_number, domain_id, statement_sha256, prices_sha256)
  SELECT month, number, stored.domain_id, statement_hash(month, number, stored.domain_id),
         statement_prices_hash(month, number, stored.domain_id)
  FROM (SELECT DISTINCT domain_id FROM statement WHERE period_month = month AND close_number = number) AS stored;

  IF EXISTS (
    SELECT
    FROM (SELECT * FROM statement
          WHERE period_month = month AND close_number = number AND original_month = month) AS stored
    FULL JOIN (SELECT * FROM cost_app_month WHERE period_month = month) AS shown
      USING (pricing_view_id, domain_id, application_id)
    WHERE (stored.cost, stored.line_count, stored.unpriced_count)
      IS DISTINCT FROM (shown.cost, shown.line_count, shown.unpriced_count)
  ) THEN
    RAISE EXCEPTION 'the marts of % differ from its facts × prices: run finops verify', to_char(month, 'YYYY-MM')
      USING ERRCODE = 'UF005';
  END IF;
END $$;

-- Close a month, or raise UF010 with everything that blocks it as JSON in the detail. Returns the number of the closing.
CREATE OR REPLACE FUNCTION close_period(
  month DATE, current_month DATE, person TEXT, reason TEXT, tolerated_amount NUMERIC, tolerated_share NUMERIC
) RETURNS period_close
LANGUAGE plpgsql SECURITY DEFINER SET search_path = finops, pg_temp AS $$
DECLARE
  blockers JSONB;
  done period_close;
BEGIN
  PERFORM hold_period(month);
  SELECT jsonb_agg(to_jsonb(blocking)) INTO blockers
  FROM close_blockers(month, current_month, tolerated_amount, tolerated_share) AS blocking;
  IF blockers IS NOT NULL THEN
    RAISE EXCEPTION 'month % cannot be closed: % things block it', to_char(month, 'YYYY-MM'),
      jsonb_array_length(blockers) USING ERRCODE = 'UF010', DETAIL = blockers::TEXT;
  END IF;
  done.period_month := month;
  done.act := 'CLOSE';
  done.person := person;
  done.reason := nullif(reason, '');
  SELECT coalesce(max(close_number), 0) + 1 INTO done.close_number FROM period_close WHERE period_month = month;
  PERFORM store_statement(month, done.close_number);
  done.facts_sha256 := period_facts_hash(month);
  done.prices_sha256 := statement_prices_hash(month, done.close_number);
  done.statement_sha256 := statement_hash(month, done.close_number);
  RETURN record_period_act(done);
END $$;

CREATE OR REPLACE FUNCTION reopen_period(month DATE, person TEXT, reason TEXT) RETURNS period_close
LANGUAGE plpgsql SECURITY DEFINER SET search_path = finops, pg_temp AS $$
DECLARE
  later DATE;
  done period_close;
BEGIN
  IF hold_period(month) IS DISTINCT FROM 'CLOSED' THEN
    RAISE EXCEPTION 'month % is not closed', to_char(month, 'YYYY-MM') USING ERRCODE = 'UF010';
  END IF;
  SELECT max(period_month) INTO later FROM period WHERE period_month > month AND status = 'CLOSED';
  IF later IS NOT NULL THEN
    RAISE EXCEPTION 'only the last closed month is reopened, and % is closed after %: book an adjustment, or reopen the later months first',
      to_char(later, 'YYYY-MM'), to_char(month, 'YYYY-MM') USING ERRCODE = 'UF010';
  ELSIF coalesce(btrim(reason), '') = '' OR coalesce(btrim(person), '') = '' THEN
    RAISE EXCEPTION 'reopening needs a person and a reason' USING ERRCODE = 'UF010';
  END IF;
  SELECT * INTO done FROM period_close WHERE period_month = month ORDER BY close_number DESC LIMIT 1;
  IF done.period_month IS NULL THEN
    RAISE EXCEPTION 'month % was closed without a record', to_char(month, 'YYYY-MM') USING ERRCODE = 'UF010';
  END IF;
  done.act := 'REOPEN';
  done.person := person;
  done.reason := reason;
  RETURN record_period_act(done);
END $$;

-- Record what an invoice came to, as the next revision; no amount withdraws it. The currency is the view's.
CREATE OR REPLACE FUNCTION record_invoice(
  month DATE, domain TEXT, view TEXT, amount NUMERIC, currency TEXT, reference TEXT, person TEXT
) RETURNS invoice
LANGUAGE plpgsql SECURITY DEFINER SET search_path = finops, pg_temp AS $$
DECLARE
  priced pricing_view;
  received invoice;
BEGIN
  SELECT * INTO priced FROM pricing_view WHERE pricing_view_id = view FOR SHARE;
  IF priced.pricing_view_id IS NULL OR priced.is_draft THEN
    RAISE EXCEPTION 'pricing view % is unknown or a draft', view USING ERRCODE = 'UF011';
  ELSIF priced.currency <> currency THEN
    RAISE EXCEPTION 'the invoice is in %, and pricing view % is in %: currencies are never converted', currency, view,
      priced.currency USING ERRCODE = 'UF011';
  ELSIF NOT EXISTS (SELECT FROM dim_domain WHERE domain_id = domain) THEN
    RAISE EXCEPTION 'domain % is unknown', domain USING ERRCODE = 'UF001';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('finops invoices', 0));
  INSERT INTO invoice (period_month, domain_id, pricing_view_id, revision, amount, currency, reference, recorded_by)
  SELECT month, domain, view, coalesce(max(known.revision), 0) + 1, record_invoice.amount, priced.currency,
         record_invoice.reference, person
  FROM invoice AS known
  WHERE known.period_month = month AND known.domain_id = domain AND known.pricing_view_id = view
  RETURNING * INTO received;
  RETURN received;
END $$;

-- Book late data of a closed month in the first open one after it. Amounts are given per pricing view, or follow from
-- the quantity at the prices of the original month; the default view needs one.
CREATE OR REPLACE FUNCTION book_adjustment(
  month DATE, domain TEXT, application TEXT, product TEXT, quantity NUMERIC, views TEXT[], amounts NUMERIC[],
  person TEXT, reason TEXT
) RETURNS adjustment
LANGUAGE plpgsql SECURITY DEFINER SET search_path = finops, pg_temp AS $$
DECLARE
  original_status TEXT;
  booked_status TEXT;
  mode TEXT;
  missing TEXT;
  booked adjustment;
BEGIN
  IF coalesce(btrim(reason), '') = '' OR coalesce(btrim(person), '') = '' THEN
    RAISE EXCEPTION 'an adjustment needs a person and a reason' USING ERRCODE = 'UF011';
  END IF;
  SELECT status INTO original_status FROM period WHERE period_month = month FOR SHARE;
  IF original_status IS DISTINCT FROM 'CLOSED' THEN
    RAISE EXCEPTION 'month % is not closed: run it again with the late data', to_char(month, 'YYYY-MM')
      USING ERRCODE = 'UF011';
  END IF;
  SELECT domain_mode INTO mode FROM dim_domain WHERE domain_id = domain;
  missing := CASE
    WHEN mode IS NULL THEN format('domain %s is unknown', domain)
    WHEN NOT EXISTS (SELECT FROM dim_application WHERE application_id = application)
      THEN format('application %s is unknown', application)
    WHEN product IS NOT NULL
      AND NOT EXISTS (SELECT FROM dim_product WHERE domain_id = domain AND product_id = product)
      THEN format('product %s of %s is unknown', product, domain)
    WHEN EXISTS (SELECT unnest(views) EXCEPT SELECT pricing_view_id FROM pricing_view WHERE NOT is_draft)
      THEN 'a pricing view is unknown or a draft: ' || array_to_string(views, ', ')
    WHEN cardinality(views) = 0 AND (mode = 'INDIRECT' OR product IS NULL OR quantity IS NULL)
      THEN 'give an amount, or a product and a quantity of a DIRECT domain'
  END;
  IF missing IS NOT NULL THEN
    RAISE EXCEPTION '%', missing USING ERRCODE = 'UF011';
  END IF;
  LOOP
    SELECT (max(period_month) + INTERVAL '1 month')::DATE INTO booked.period_month FROM period WHERE status = 'CLOSED';
    INSERT INTO period (period_month) VALUES (booked.period_month) ON CONFLICT DO NOTHING;
    SELECT status INTO booked_status FROM period WHERE period_month = booked.period_month FOR SHARE;
    EXIT WHEN booked_status = 'OPEN';
  END LOOP;
  INSERT INTO adjustment (period_month, original_month, domain_id, application_id, product_id, quantity, person, reason)
  VALUES (booked.period_month, month, domain, application, product, quantity, person, reason)
  RETURNING * INTO booked;
  INSERT INTO adjustment_amount (adjustment_id, period_month, pricing_view_id, amount)
  SELECT booked.adjustment_id, booked.period_month, told.view, told.amount
  FROM unnest(views, amounts) AS told (view, amount);
  IF cardinality(views) = 0 THEN
    INSERT INTO adjustment_amount (adjustment_id, period_month, pricing_view_id, amount, unit_price, price_id)
    SELECT DISTINCT ON (price.pricing_view_id)
      booked.adjustment_id, booked.period_month, price.pricing_view_id, booked.quantity * price.unit_price,
      price.unit_price, price.price_id
    FROM prices_in_force(month, domain) AS price
    JOIN pricing_view ON pricing_view.pricing_view_id = price.pricing_view_id AND NOT pricing_view.is_draft
    WHERE price.product_id IN (product, '*')
    ORDER BY price.pricing_view_id, price.product_id = '*';
  END IF;
  IF EXISTS (
    SELECT FROM pricing_view WHERE is_default AND NOT EXISTS (
      SELECT FROM adjustment_amount AS money
      WHERE money.adjustment_id = booked.adjustment_id AND money.pricing_view_id = pricing_view.pricing_view_id)
  ) THEN
    RAISE EXCEPTION 'the adjustment has no amount in the default pricing view: give one' USING ERRCODE = 'UF011';
  END IF;
  RETURN booked;
END $$;

-- What a closed month refuses. The rows of the months are taken FOR SHARE first: who closes one has them FOR UPDATE, so
-- either this statement is in what was closed, or it comes after and is refused.
CREATE OR REPLACE FUNCTION refuse_closed_month() RETURNS TRIGGER
LANGUAGE plpgsql SECURITY DEFINER SET search_path = finops, pg_temp AS $$
DECLARE
  closed DATE;
BEGIN
  PERFORM FROM period WHERE period_month IN (SELECT period_month FROM changed) ORDER BY period_month FOR SHARE;
  SELECT period_month INTO closed FROM period
  WHERE status = 'CLOSED' AND period_month IN (SELECT period_month FROM changed) LIMIT 1;
  IF closed IS NOT NULL THEN
    RAISE EXCEPTION '% on % is refused: month % is closed', TG_OP, TG_TABLE_NAME, to_char(closed, 'YYYY-MM')
      USING ERRCODE = 'UF002';
  END IF;
  RETURN NULL;
END $$;

-- A price enters in a fresh snapshot, or it would not see that a month has been closed since.
CREATE OR REPLACE FUNCTION need_read_committed() RETURNS TRIGGER
LANGUAGE plpgsql SET search_path = finops, pg_temp AS $$
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION '% on % needs READ COMMITTED: an older snapshot could miss a closed month', TG_OP, TG_TABLE_NAME
      USING ERRCODE = 'UF009';
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER fresh_snapshot BEFORE INSERT ON unit_price
FOR EACH STATEMENT EXECUTE FUNCTION need_read_committed();

-- A month is open until an act closes it, and as its last act says from then on.
CREATE OR REPLACE FUNCTION guard_period() RETURNS TRIGGER
LANGUAGE plpgsql SECURITY DEFINER SET search_path = finops, pg_temp AS $$
DECLARE
  last_act TEXT;
BEGIN
  IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND NEW.period_month <> OLD.period_month) THEN
    RAISE EXCEPTION '% of month % is refused', TG_OP, to_char(OLD.period_month, 'YYYY-MM') USING ERRCODE = 'UF006';
  END IF;
  SELECT act INTO last_act FROM period_close WHERE period_month = NEW.period_month
  ORDER BY close_number DESC, act DESC LIMIT 1;
  IF (NEW.status = 'CLOSED') <> coalesce(last_act = 'CLOSE', FALSE) THEN
    RAISE EXCEPTION 'month % is closed and reopened by close_period and reopen_period only',
      to_char(NEW.period_month, 'YYYY-MM') USING ERRCODE = 'UF003';
  ELSIF TG_OP = 'INSERT'
    AND EXISTS (SELECT FROM period WHERE status = 'CLOSED' AND period_month > NEW.period_month) THEN
    RAISE EXCEPTION 'month % is before a closed one: months are closed in order', to_char(NEW.period_month, 'YYYY-MM')
      USING ERRCODE = 'UF002';
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER status_follows_the_acts AFTER INSERT OR UPDATE OR DELETE ON period
FOR EACH ROW EXECUTE FUNCTION guard_period();

-- Closing and reopening are acts on period, which is audited already.
CREATE OR REPLACE TRIGGER audited AFTER INSERT ON invoice
FOR EACH ROW EXECUTE FUNCTION audit_row('period_month', 'domain_id', 'pricing_view_id', 'revision', 'act:RECORD');
CREATE OR REPLACE TRIGGER audited AFTER INSERT ON adjustment
FOR EACH ROW EXECUTE FUNCTION audit_row('adjustment_id', 'act:BOOK');
CREATE OR REPLACE TRIGGER audited AFTER INSERT ON adjustment_amount
FOR EACH ROW EXECUTE FUNCTION audit_row('adjustment_id', 'pricing_view_id', 'act:BOOK');

DO $$
DECLARE
  guarded TEXT;
  month_partition TEXT;
BEGIN
  FOREACH guarded IN ARRAY
    ARRAY['period_close', 'statement', 'statement_price', 'invoice', 'adjustment', 'adjustment_amount']
  LOOP
    EXECUTE format(
      'CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I
       FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement(%L)', guarded, guarded || ' only grows');
  END LOOP;
  EXECUTE format('CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON period
                  FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement(%L)', 'months stay');
  FOREACH guarded IN ARRAY
    ARRAY['slice_version', 'slice_source', 'slice_driver', 'slice_lines', 'allocation_detail', 'allocation_component',
          'fact_archive', 'statement', 'statement_price', 'statement_seal',
          'adjustment', 'adjustment_amount', 'quarantine_line']
  LOOP
    EXECUTE format(
      'CREATE OR REPLACE TRIGGER closed_month_takes_no_insert AFTER INSERT ON %I REFERENCING NEW TABLE AS changed
       FOR EACH STATEMENT EXECUTE FUNCTION refuse_closed_month()', guarded);
  END LOOP;
  -- the others are append-only in any month
  EXECUTE 'CREATE OR REPLACE TRIGGER closed_month_takes_no_update AFTER UPDATE ON quarantine_line
           REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refuse_closed_month()';
  -- months that were made before their partition knew itself
  FOR month_partition IN
    SELECT child.relname
    FROM pg_inherits
    JOIN pg_class AS child ON child.oid = inhrelid
    WHERE inhparent = 'fact_consumption'::REGCLASS
  LOOP
    EXECUTE format(
      'CREATE OR REPLACE TRIGGER facts_change_by_publication BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON %I
       FOR EACH STATEMENT EXECUTE FUNCTION guard_slice(%L)', month_partition,
      to_date(substr(month_partition, 6), 'YYYY_MM'));
  END LOOP;
END $$;
