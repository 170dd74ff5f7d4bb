-- Dimensions describe facts and never decide whether one is seen: soft delete only.

CREATE TABLE dim_domain (
  domain_id TEXT PRIMARY KEY CHECK (domain_id ~ '^[A-Z][A-Z0-9_]{0,39}$'),
  domain_label TEXT NOT NULL CHECK (domain_label <> ''),
  domain_mode TEXT NOT NULL CHECK (domain_mode IN ('DIRECT', 'INDIRECT')),
  indirect_method_key TEXT,
  indirect_label TEXT,
  is_enabled BOOLEAN NOT NULL DEFAULT FALSE,
  available_from DATE NOT NULL CHECK (available_from = date_trunc('month', available_from)),
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  CHECK ((domain_mode = 'INDIRECT') = (indirect_method_key IS NOT NULL)),
  CHECK ((domain_mode = 'INDIRECT') = (indirect_label IS NOT NULL)),
  UNIQUE (domain_id, domain_mode)
);

-- described_in is the month whose source last said what the member is called: an older month that is
-- run again never takes a newer name back.
CREATE TABLE dim_family (
  domain_id TEXT NOT NULL REFERENCES dim_domain,
  family_id TEXT NOT NULL CHECK (length(family_id) BETWEEN 1 AND 200),
  family_label TEXT NOT NULL CHECK (family_label <> ''),
  described_in DATE,
  PRIMARY KEY (domain_id, family_id)
);

CREATE TABLE dim_product (
  domain_id TEXT NOT NULL REFERENCES dim_domain,
  product_id TEXT NOT NULL CHECK (length(product_id) BETWEEN 1 AND 240 AND product_id <> '*'),
  product_label TEXT NOT NULL CHECK (product_label <> ''),
  family_id TEXT NOT NULL,
  consumption_metric TEXT NOT NULL CHECK (consumption_metric <> ''),
  is_active BOOLEAN NOT NULL DEFAULT TRUE,
  decommissioned_at DATE,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  is_inferred BOOLEAN NOT NULL DEFAULT FALSE,
  in_referential BOOLEAN NOT NULL DEFAULT FALSE,
  described_in DATE,
  PRIMARY KEY (domain_id, product_id),
  FOREIGN KEY (domain_id, family_id) REFERENCES dim_family
);

CREATE TABLE dim_application (
  application_id TEXT PRIMARY KEY CHECK (length(application_id) BETWEEN 1 AND 200),
  application_label TEXT NOT NULL CHECK (application_label <> ''),
  owner TEXT,
  is_active BOOLEAN NOT NULL DEFAULT TRUE,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  is_inferred BOOLEAN NOT NULL DEFAULT FALSE
);

INSERT INTO dim_application (application_id, application_label)
VALUES
  ('UNALLOCATED', 'Unallocated: an amount whose basis is zero'),
  ('UNASSIGNED', 'Unassigned: consumption whose source names no application');
