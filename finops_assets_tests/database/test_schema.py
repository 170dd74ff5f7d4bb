"""The schema that migrations make is the one that is committed to be read."""

from __future__ import annotations

from finops_assets.postgres.queries import SQL
from finops_assets_tests.database.schema_dump import dump

REGENERATE = "run: python -m finops_assets_tests.database.schema_dump > sql/schema.sql"


def test_schema_is_the_committed_one(mart):
    with mart.connect("") as connection:
        made = dump(connection)
    assert made == (SQL / "schema.sql").read_text("utf-8"), REGENERATE
