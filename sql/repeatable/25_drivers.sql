-- What INDIRECT slices were spread by, and whether it still stands.

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON allocation_component
FOR EACH STATEMENT EXECUTE FUNCTION refuse_statement('allocation_component only grows');
CREATE OR REPLACE TRIGGER of_the_publication AFTER INSERT ON allocation_component
REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION guard_lineage('SEALED');

-- Slices whose driver has been restated since, and those spread by such a slice, however far behind: one row per
-- (slice, driver, domain that was restated). Of a version that came out the same from later versions of its driver,
-- the latest counts.
CREATE OR REPLACE FUNCTION outdated_slices() RETURNS TABLE (
  period_month DATE, domain_id TEXT, driver_domain_id TEXT, driver_version INTEGER, current_version INTEGER,
  restated_domain_id TEXT
)
LANGUAGE sql STABLE SET search_path = finops, pg_temp AS $$
  WITH RECURSIVE newest AS (
    SELECT ledger.period_month, ledger.domain_id, max(ledger.version) AS version
    FROM slice_version AS ledger
    GROUP BY ledger.period_month, ledger.domain_id
  ),
  used AS (
    SELECT spread.period_month, spread.domain_id, spread.driver_domain_id, max(spread.driver_version) AS driver_version
    FROM slice_driver AS spread
    JOIN newest USING (period_month, domain_id, version)
    GROUP BY spread.period_month, spread.domain_id, spread.driver_domain_id
  ),
  compared AS (
    SELECT used.*, driver.version AS current_version
    FROM used
    LEFT JOIN newest AS driver
      ON driver.period_month = used.period_month AND driver.domain_id = used.driver_domain_id
  ),
  outdated AS (
    SELECT compared.*, compared.driver_domain_id AS restated_domain_id
    FROM compared
    WHERE compared.current_version IS DISTINCT FROM compared.driver_version
    UNION
    SELECT compared.*, outdated.restated_domain_id
    FROM compared
    JOIN outdated
      ON outdated.period_month = compared.period_month AND outdated.domain_id = compared.driver_domain_id
  )
  SELECT * FROM outdated
$$;
