"""No guard is decoration: without any one of them, something comes out otherwise."""

from __future__ import annotations

import psycopg
import pytest

from finops_assets_tests.database.guard_mutation import Guard, Kill, guards, kills, outcome
from finops_assets_tests.database.probes import PROBES
from finops_assets_tests.database.signed_company import build
from finops_assets_tests.factories import new_mart


@pytest.fixture(scope="module")
def signed(server_url, template, tmp_path_factory):
    with new_mart(server_url, template) as mart:
        build(mart, tmp_path_factory.mktemp("prices"))
        with mart.connect("") as connection:
            yield connection


@pytest.fixture(scope="module")
def killed(signed) -> list[Kill]:
    return list(kills(signed))


def test_every_guard_is_needed(killed):
    assert [str(kill.guard) for kill in killed if kill.probe is None] == []


def test_every_kind_of_guard_is_looked_at(signed):
    found = guards(signed)
    kinds = {
        kind: sum(guard.kind == kind for guard in found) for kind in ("trigger", "constraint", "refusal", "condition")
    }
    assert min(kinds.values()) >= 15
    assert len(found) == sum(kinds.values()) >= 300


def test_a_guard_that_nothing_needs_is_told(signed):
    signed.execute("CREATE TRIGGER idle BEFORE UPDATE ON slice_run EXECUTE FUNCTION refuse_statement('x')")
    signed.execute("ALTER TABLE slice_run DISABLE TRIGGER idle")
    idle = Guard("trigger", "slice_run", "idle", "DROP TRIGGER idle ON slice_run")
    assert idle in guards(signed)
    assert all(outcome(signed, probe) == outcome(signed, probe, idle.removal) for probe in PROBES[:20])
    signed.execute(idle.removal)


def test_a_removal_that_fails_counts_for_nothing(signed):
    with pytest.raises(psycopg.errors.UndefinedTable):
        outcome(signed, PROBES[0], "DROP TABLE nowhere")
