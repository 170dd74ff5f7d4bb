"""The mart's own figures, read back as Prometheus reads them and compared with the tables."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from prometheus_client import parser
from prometheus_client.openmetrics import parser as openmetrics

from finops_assets import __version__, catalog
from finops_assets.errors import FinopsError
from finops_assets.operations import metrics
from finops_assets.period import Period
from finops_assets.quarantine import decisions
from finops_assets.settings import CHECKOUT
from finops_assets_tests.factories import ask, price, price_view, refresh, run, write_csv

JANUARY, FEBRUARY, MARCH = Period(2024, 1), Period(2024, 2), Period(2024, 3)
STATUSES = ("EMPTY_CONFIRMED", "EXPECTED", "FAILED", "LOADED", "MISSING", "NOT_AVAILABLE")


def exposed(mart, current=MARCH, accept=""):
    with mart.connect("finops_api") as connection:
        return metrics.expose(metrics.measure(connection, current), accept)


def samples(mart, current=MARCH):
    """Every sample: its name and labels, sorted, lead to its value."""
    families = list(parser.text_string_to_metric_families(exposed(mart, current).body.decode()))
    assert {family.type for family in families} == {"gauge"}
    assert all(family.documentation for family in families)
    return {(sample.name, *sample.labels.values()): sample.value for family in families for sample in family.samples}


def named(found, name):
    """The samples of one family, by their labels."""
    return {key[1:] if len(key) > 2 else key[-1]: value for key, value in found.items() if key[0] == name}


@pytest.fixture
def watched(mart, settings, tmp_path):
    """OPEN loaded, one line set aside, then refused; LICENCES loaded, then missing; AUDIT from March on."""
    with mart.connect("finops_admin") as connection:
        for domain_id, month in (("OPEN", JANUARY), ("LICENCES", JANUARY), ("AUDIT", MARCH)):
            catalog.set_enabled(connection, domain_id, is_enabled=True, available_from=month)
    price_view(mart, tmp_path)
    price(mart, tmp_path, "2")
    used = {"application_id": "billing", "product_id": "vm-small", "quantity": "10", "metric": "CPU"}
    others = [used | {"product_id": "new"}, used | {"application_id": "portal", "quantity": "-1"}]
    write_csv(settings.sources / "open" / "2024-01.csv", [used, *others])
    (settings.sources / "open" / "2024-02.csv").write_text("broken")
    shares = [{"application_id": "billing", "coefficient": 1}, {"application_id": "portal", "coefficient": 3}]
    write_csv(settings.sources / "licences" / "2024-01.csv", shares)
    for domain_id, month in (("OPEN", JANUARY), ("OPEN", FEBRUARY), ("LICENCES", JANUARY), ("LICENCES", FEBRUARY)):
        with suppress(FinopsError):
            run(mart, settings, domain_id, month)
    return mart


def test_slices_are_counted_by_domain_and_status_with_zeros(watched):
    found = named(samples(watched), "finops_slices")
    there = {key: value for key, value in found.items() if value}
    assert there == {
        ("AUDIT", "EXPECTED"): 1,
        ("AUDIT", "NOT_AVAILABLE"): 2,
        ("LICENCES", "EXPECTED"): 1,
        ("LICENCES", "LOADED"): 1,
        ("LICENCES", "MISSING"): 1,
        ("OPEN", "EXPECTED"): 1,
        ("OPEN", "FAILED"): 1,
        ("OPEN", "LOADED"): 1,
    }
    assert set(found) == {(domain, status) for domain in ("AUDIT", "LICENCES", "OPEN") for status in STATUSES}


def test_every_status_there_is_has_its_sample(watched):
    function = (CHECKOUT / "sql/repeatable/50_status.sql").read_text("utf-8")
    given = set(re.findall(r"(?:THEN|ELSE) '([A-Z_]+)'", function))
    assert {status for _, status in named(samples(watched), "finops_slices")} == given


def test_rows_are_those_of_the_latest_published_month(watched, settings):
    assert named(samples(watched), "finops_slice_rows") == {"OPEN": 2, "LICENCES": 2}
    used = {"application_id": "billing", "product_id": "vm-small", "quantity": "10", "metric": "CPU"}
    write_csv(settings.sources / "open" / "2024-02.csv", [used])
    run(watched, settings, "OPEN", FEBRUARY)
    assert named(samples(watched), "finops_slice_rows") == {"OPEN": 1, "LICENCES": 2}


def test_age_is_since_the_newest_publication(watched):
    found = named(samples(watched), "finops_slice_age_seconds")
    now = ask(watched, "SELECT clock_timestamp() AS now")[0]["now"]
    published = ask(watched, "SELECT domain_id, max(published_at) AS at FROM finops.slice_version GROUP BY 1")
    assert found == pytest.approx({row["domain_id"]: (now - row["at"]).total_seconds() for row in published}, abs=2)
    assert found["OPEN"] > found["LICENCES"] > 0


def test_an_unchanged_slice_grows_older_and_its_attempt_is_young(watched, settings):
    before = samples(watched)
    run(watched, settings, "OPEN", JANUARY)
    after = samples(watched)
    age, attempt = ("finops_slice_age_seconds", "OPEN"), ("finops_slice_attempt_age_seconds", "OPEN")
    assert after[age] > before[age]
    assert after[attempt] < after[age]


def test_duration_is_that_of_the_last_attempt(watched):
    statement = """
        SELECT DISTINCT ON (domain_id) domain_id, extract(EPOCH FROM ended_at - started_at) AS seconds
        FROM finops.slice_run ORDER BY domain_id, ended_at DESC
    """
    stored = {row["domain_id"]: float(row["seconds"]) for row in ask(watched, statement)}
    assert named(samples(watched), "finops_slice_duration_seconds") == pytest.approx(stored)


def test_lines_set_aside_are_counted(watched):
    assert named(samples(watched), "finops_quarantined_lines") == {"OPEN": 1, "LICENCES": 0, "AUDIT": 0}
    [row] = ask(watched, "SELECT count(*) AS n FROM finops.quarantine_line WHERE is_current AND domain_id = 'OPEN'")
    assert row["n"] == 1


def test_a_decided_line_no_longer_waits_for_a_decision(watched):
    with watched.connect("finops_admin") as connection:
        ids = [one.quarantine_id for one in decisions.lines(connection)]
        decisions.accept(connection, ids, person="ada", reason="agreed")
    assert named(samples(watched), "finops_quarantined_lines") == {"OPEN": 0, "LICENCES": 0, "AUDIT": 0}


def test_marts_are_stale_until_refreshed(watched):
    before = samples(watched)
    assert (before["finops_stale_slices",], before["finops_mart_version",]) == (2, 0)
    assert named(before, "finops_unpriced_lines") == {"internal": 0}
    refresh(watched)
    after = samples(watched)
    assert (after["finops_stale_slices",], after["finops_mart_version",]) == (0, 1)
    # of OPEN the product without a price, and the two weights of LICENCES
    assert named(after, "finops_unpriced_lines") == {"internal": 3}
    refreshed_at = datetime.fromtimestamp(after["finops_last_refresh_timestamp_seconds",], UTC)
    assert abs((ask(watched, "SELECT now() AS now")[0]["now"] - refreshed_at).total_seconds()) < 30


def test_the_build_is_named(mart):
    assert samples(mart)["finops_build_info", __version__] == 1


def test_an_empty_mart_has_no_domain_and_no_error(mart):
    assert {name for name, *_ in samples(mart)} == {
        "finops_build_info",
        "finops_last_refresh_timestamp_seconds",
        "finops_mart_version",
        "finops_stale_slices",
    }


def test_a_scraper_gets_the_form_it_asks_for(watched):
    plain, newer = exposed(watched), exposed(watched, accept="application/openmetrics-text; version=1.0.0")
    assert plain.content_type.startswith("text/plain; version=0.0.4")
    assert newer.content_type.startswith("application/openmetrics-text; version=1.0.0")
    families = list(openmetrics.text_string_to_metric_families(newer.body.decode()))
    found = {(sample.name, *sample.labels.values()) for family in families for sample in family.samples}
    assert found == set(samples(watched))


def test_measuring_cannot_write(mart):
    with mart.connect("finops_batch") as connection:
        metrics.measure(connection, MARCH)
        assert connection.read_only


def test_operating_explains_every_metric(mart):
    page = (CHECKOUT / "docs" / "operating.md").read_text("utf-8")
    table = page.partition("### Metrics")[2].partition("\n#")[0]
    documented = dict(re.findall(r"^\| `(finops_\w+)(?:\{([\w, ]+)\})?`", table, re.M))
    with mart.connect("finops_api") as connection:
        families = metrics.measure(connection, MARCH)
    assert documented == {family.name: ", ".join(family._labelnames) for family in families}
