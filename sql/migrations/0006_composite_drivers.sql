-- What a weight was blended of, where a domain has several drivers: one row per (application, driver). Parts add up
-- to the weight.
CREATE TABLE allocation_component (
  period_month DATE NOT NULL,
  domain_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  application_id TEXT NOT NULL,
  component INTEGER NOT NULL CHECK (component > 0),
  driver TEXT NOT NULL CHECK (driver <> ''),
  part NUMERIC(30, 12) NOT NULL CHECK (part > 0),
  driver_quantity NUMERIC(30, 12) NOT NULL CHECK (driver_quantity >= 0),
  basis_quantity NUMERIC(38, 12) NOT NULL CHECK (basis_quantity >= 0),
  weight_part NUMERIC(30, 12) NOT NULL CHECK (weight_part BETWEEN 0 AND 1),
  PRIMARY KEY (period_month, domain_id, version, application_id, component),
  FOREIGN KEY (period_month, domain_id, version) REFERENCES slice_version
);
