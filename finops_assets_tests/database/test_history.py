"""Product history: whatever happens to a product, every past line stays, in every mart, to the last digit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from finops_assets import marts
from finops_assets.catalog import referential
from finops_assets.domains import discover
from finops_assets.period import Period
from finops_assets.postgres.connection import Mart
from finops_assets.quarantine import decisions
from finops_assets.settings import Settings
from finops_assets_tests.factories import (
    JANUARY,
    ask,
    line,
    price,
    price_view,
    publish,
    refresh,
    run,
    weight,
    write_csv,
)

FEBRUARY, MARCH, APRIL = (JANUARY.shift(months) for months in (1, 2, 3))
OPEN = discover()["OPEN"].domain
MARTS = (
    "mv_cost_domain_month",
    "mv_cost_app_month",
    "mv_cost_family_month",
    "mv_history_trend",
    "cost_product_month",
    "fact_consumption",
)
QUARANTINE = "SELECT * FROM quarantine_line WHERE is_current ORDER BY file_name, line_number"


def usage(settings: Settings, month: Period, *rows: tuple[str, str, str]) -> None:
    """A usage file of OPEN: application, product, quantity."""
    columns = ("application_id", "product_id", "quantity")
    write_csv(settings.sources / "open" / f"{month}.csv", [dict(zip(columns, row, strict=True)) for row in rows])


def product_list(settings: Settings, edition: str, **products: str) -> None:
    """An edition of OPEN's product list: product=label; underscores stand for hyphens."""
    rows = [
        {
            "product_id": product.replace("_", "-"),
            "product_label": label,
            "family_id": "compute",
            "family_label": "Compute",
            "metric": "CPU",
        }
        for product, label in products.items()
    ]
    write_csv(settings.sources / "open" / f"products-{edition}.csv", rows)


def import_products(mart: Mart, settings: Settings) -> None:
    with mart.connect("finops_batch") as connection:
        referential.import_products(connection, settings, OPEN, date(2024, 6, 15))


def everything(mart: Mart) -> dict[str, list]:
    """Every row of every mart, priced again first, with the exact text of its amounts."""
    ask(mart, "SELECT refresh_slice(period_month, domain_id) FROM mart_slice", role="finops_batch")
    ask(mart, "SELECT refresh_marts()", role="finops_batch")
    shown = {}
    for name in MARTS:
        rows = ask(mart, f"SELECT t::TEXT AS line FROM {name} AS t")  # noqa: S608
        shown[name] = sorted(row["line"] for row in rows)
    return shown


@pytest.fixture
def past(mart: Mart, settings: Settings, tmp_path) -> dict[str, list]:
    """Three months of vm-small and vm-old, used, priced and shown, from files and a product list."""
    product_list(settings, "2024-01", vm_small="Small VM", vm_old="Old VM")
    import_products(mart, settings)
    price_view(mart, tmp_path)
    price(mart, tmp_path, "0.123456789012")
    price(mart, tmp_path, "0.7", "vm-old")
    price(mart, tmp_path, "0.9", "vm-old", effective_from="2024-03")
    for month in (JANUARY, FEBRUARY, MARCH):
        usage(
            settings,
            month,
            ("billing", "vm-small", "10.000000000001"),
            ("billing", "vm-old", "3"),
            ("portal", "vm-old", "0.5"),
        )
        run(mart, settings, month=month)
    refresh(mart)
    shown = everything(mart)
    assert all(shown.values())
    return shown


def deactivate(mart: Mart, settings: Settings) -> None:
    ask(mart, "UPDATE dim_product SET is_active = FALSE WHERE product_id = 'vm-old'", role="finops_admin")


def decommission(mart: Mart, settings: Settings) -> None:
    ask(
        mart,
        "UPDATE dim_product SET is_active = FALSE, decommissioned_at = '2024-01-15' WHERE product_id = 'vm-old'",
        role="finops_admin",
    )


def vanish(mart: Mart, settings: Settings) -> None:
    product_list(settings, "2024-04", vm_small="Small VM")
    import_products(mart, settings)
    [gone] = ask(mart, "SELECT is_active, decommissioned_at FROM dim_product WHERE product_id = 'vm-old'")
    assert gone == {"is_active": False, "decommissioned_at": date(2024, 4, 1)}


def come_back(mart: Mart, settings: Settings) -> None:
    vanish(mart, settings)
    product_list(settings, "2024-05", vm_small="Small VM", vm_old="Old VM")
    import_products(mart, settings)


def relabel(mart: Mart, settings: Settings) -> None:
    product_list(settings, "2024-04", vm_small="Tiny VM", vm_old="Retro VM")
    import_products(mart, settings)


def retire_application(mart: Mart, settings: Settings) -> None:
    write_csv(
        settings.sources / "applications.csv", [{"application_id": "billing", "application_label": "B", "owner": ""}]
    )
    ask(mart, "UPDATE dim_application SET is_inferred = FALSE", role="finops_admin")
    with mart.connect("finops_batch") as connection:
        referential.import_applications(connection, settings)
    assert ask(mart, "SELECT is_active FROM dim_application WHERE application_id = 'portal'") == [{"is_active": False}]


def disable_domain(mart: Mart, settings: Settings) -> None:
    ask(mart, "UPDATE dim_domain SET is_enabled = FALSE", role="finops_admin")


@pytest.mark.parametrize(
    "event", [deactivate, decommission, vanish, come_back, relabel, retire_application, disable_domain]
)
def test_every_past_line_stays_in_every_mart(mart, settings, past, event: Callable[[Mart, Settings], None]):
    event(mart, settings)
    assert everything(mart) == past


@pytest.mark.parametrize("event", [deactivate, vanish, come_back, relabel])
def test_past_months_run_again_are_unchanged(mart, settings, past, event: Callable[[Mart, Settings], None]):
    event(mart, settings)
    assert {run(mart, settings, month=month).published.outcome for month in (JANUARY, FEBRUARY, MARCH)} == {"UNCHANGED"}
    assert everything(mart) == past


def test_product_that_came_back_is_the_same_member_and_lands_again(mart, settings, past):
    created = ask(mart, "SELECT created_at FROM dim_product WHERE product_id = 'vm-old'")
    come_back(mart, settings)
    usage(settings, Period(2024, 5), ("billing", "vm-old", "7"))
    assert run(mart, settings, month=Period(2024, 5)).quarantined == 0
    assert ask(mart, "SELECT created_at FROM dim_product WHERE product_id = 'vm-old'") == created
    months = "SELECT count(DISTINCT period_month) AS months FROM fact_consumption WHERE product_id = 'vm-old'"
    assert ask(mart, months) == [{"months": 4}]


def test_relabelled_product_has_its_label_of_then_and_of_now(mart, settings, past):
    relabel(mart, settings)
    usage(settings, APRIL, ("billing", "vm-old", "1"))
    run(mart, settings, month=APRIL)
    refresh(mart)
    then = (
        "SELECT product_label_snapshot AS label FROM fact_consumption "
        "WHERE product_id = 'vm-old' AND application_id = 'billing' ORDER BY period_month"
    )
    assert [row["label"] for row in ask(mart, then)] == ["Old VM"] * 3 + ["Retro VM"]
    with mart.connect("finops_api") as connection:
        for month, labels, label in (
            (JANUARY, marts.Labels.THEN, "Old VM"),
            (JANUARY, marts.Labels.NOW, "Retro VM"),
            (APRIL, marts.Labels.THEN, "Retro VM"),
            (APRIL, marts.Labels.NOW, "Retro VM"),
        ):
            shown = marts.report(connection, month, marts.Grain.PRODUCT, "internal", labels=labels)
            assert [row.label for row in shown if row.key == "vm-old"] == [label]


def test_two_products_with_one_label_stay_two_lines(mart, tmp_path):
    price_view(mart, tmp_path)
    price(mart, tmp_path, "1", "*")
    publish(
        mart,
        line(product_id="a", product_label="Same"),
        line(product_id="b", product_label="Same", quantity=Decimal(3)),
    )
    refresh(mart)
    with mart.connect("finops_api") as connection:
        shown = marts.report(connection, JANUARY, marts.Grain.PRODUCT, "internal")
    assert [(row.key, row.label, row.cost) for row in shown] == [("a", "Same", Decimal(10)), ("b", "Same", Decimal(3))]


def test_product_that_moved_family_keeps_its_past_cost_in_the_family_of_then(mart, tmp_path):
    price_view(mart, tmp_path)
    price(mart, tmp_path, "1")
    publish(mart, line())
    publish(mart, line(family_id="machines"), month=FEBRUARY)
    refresh(mart)
    rows = ask(mart, "SELECT family_id, cost FROM mv_cost_family_month ORDER BY period_month")
    assert [tuple(row.values()) for row in rows] == [("compute", Decimal(10)), ("machines", Decimal(10))]


def test_family_totals_are_of_the_families_of_then_or_of_now(mart, tmp_path):
    price_view(mart, tmp_path)
    price(mart, tmp_path, "1", "*")
    moving = line(product_id="mover", quantity=Decimal("0.000000000001"))
    publish(mart, line(), moving)
    publish(mart, line(), moving | {"family_id": "machines", "family_label": "Machines"}, month=FEBRUARY)
    publish(mart, weight("billing", "1"), domain="SUPPORT")
    price(mart, tmp_path, "7", "*", "SUPPORT")
    refresh(mart)
    with mart.connect("finops_api") as connection:
        then, now = (
            marts.report(connection, JANUARY, marts.Grain.FAMILY, "internal", labels=labels) for labels in marts.Labels
        )
    assert {row.key: row.cost for row in then} == {"compute": Decimal("10.000000000001"), None: Decimal(7)}
    assert {row.key: row.cost for row in now} == {
        "compute": Decimal(10),
        "machines": Decimal("0.000000000001"),
        None: Decimal(7),
    }
    assert {row.key: row.label for row in now} == {
        "compute": "Compute",
        "machines": "Machines",
        None: "Share of OPEN's processor hours",
    }
    assert marts.total(then) == marts.total(now)


def test_two_families_with_one_label_stay_two_lines_then_and_now(mart, tmp_path):
    price_view(mart, tmp_path)
    price(mart, tmp_path, "1", "*")
    publish(
        mart,
        line(product_id="a", family_id="f", family_label="Same"),
        line(product_id="b", family_id="g", family_label="Same", quantity=Decimal(3)),
    )
    refresh(mart)
    with mart.connect("finops_api") as connection:
        for labels in marts.Labels:
            shown = marts.report(connection, JANUARY, marts.Grain.FAMILY, "internal", labels=labels)
            assert [(row.key, row.label, row.cost) for row in shown] == [
                ("f", "Same", Decimal(10)),
                ("g", "Same", Decimal(3)),
            ]


# Quarantine


def test_lines_after_the_month_of_the_decommission_are_set_aside_and_the_rest_lands(mart, settings, past):
    ask(
        mart,
        "UPDATE dim_product SET is_active = FALSE, decommissioned_at = '2024-04-10' WHERE product_id = 'vm-old'",
        role="finops_admin",
    )
    rows = [("billing", "vm-small", "10"), ("billing", "vm-old", "3"), ("portal", "vm-old", "2")]
    usage(settings, APRIL, *rows)
    usage(settings, APRIL.next, *rows)
    of_its_month, after = (run(mart, settings, month=month) for month in (APRIL, APRIL.next))
    assert (of_its_month.quarantined, of_its_month.published.row_count) == (0, 3)
    assert (after.quarantined, after.published.row_count) == (2, 1)

    kept = ask(mart, QUARANTINE)
    assert [
        (row["period_month"], row["file_name"], row["line_number"], row["column_name"], row["found_value"])
        for row in kept
    ] == [
        (date(2024, 5, 1), "open/2024-05.csv", 3, "product_id", "vm-old"),
        (date(2024, 5, 1), "open/2024-05.csv", 4, "product_id", "vm-old"),
    ]
    assert {row["reason"] for row in kept} == {"the product was decommissioned on 2024-04-10, before 2024-05"}
    assert kept[1]["source_line"]["application_id"] == "portal"
    assert Decimal(kept[1]["source_line"]["quantity"]) == 2
    status = (
        "SELECT quarantined_count FROM slice_status('2024-05-01') "
        "WHERE period_month = '2024-05-01' AND domain_id = 'OPEN'"
    )
    assert ask(mart, status) == [{"quarantined_count": 2}]


def test_negative_quantity_is_set_aside_unless_a_credit_explains_it(mart, settings):
    columns = ("application_id", "product_id", "quantity", "charge_class")
    rows = [("a", "p", "-1", ""), ("b", "p", "-2", "CREDIT"), ("c", "p", "-3", "CORRECTION"), ("d", "p", "-0", "")]
    write_csv(settings.sources / "open" / "2024-01.csv", [dict(zip(columns, row, strict=True)) for row in rows])
    done = run(mart, settings)
    assert (done.quarantined, done.published.row_count, done.published.sum_quantity) == (1, 3, Decimal(-5))
    [kept] = ask(mart, QUARANTINE)
    assert (kept["line_number"], kept["column_name"]) == (2, "quantity")
    assert Decimal(kept["found_value"]) == -1
    assert kept["reason"] == "negative, and no credit or correction explains it"


def test_quarantined_line_is_kept_once_over_reruns_and_retired_when_the_file_is_mended(mart, settings):
    usage(settings, JANUARY, ("billing", "vm-small", "10"), ("portal", "vm-small", "-1"))
    first = run(mart, settings)
    before = ask(mart, QUARANTINE)
    assert len(before) == 1
    assert run(mart, settings).published.outcome == "UNCHANGED"
    assert ask(mart, QUARANTINE) == before
    assert before[0]["run_id"] == ask(mart, "SELECT run_id FROM slice_version")[0]["run_id"]

    usage(settings, JANUARY, ("billing", "vm-small", "10"), ("portal", "vm-small", "1"))
    assert run(mart, settings).published.version == first.published.version + 1
    assert ask(mart, QUARANTINE) == []
    assert ask(mart, "SELECT is_current, decision FROM quarantine_line") == [
        {"is_current": False, "decision": "REPLAYED"}
    ]


def test_decision_on_a_quarantined_line_stays_over_reruns_and_after_the_file_is_mended(mart, settings):
    usage(settings, JANUARY, ("billing", "vm-small", "10"), ("portal", "vm-small", "-1"))
    run(mart, settings)
    [waiting] = ask(mart, QUARANTINE)
    with mart.connect("finops_admin") as connection:
        decisions.reject(connection, [waiting["quarantine_id"]], person="ada", reason="a test")
    decided = ask(mart, QUARANTINE)
    run(mart, settings)
    assert ask(mart, QUARANTINE) == decided
    usage(settings, JANUARY, ("billing", "vm-small", "10"))
    run(mart, settings)
    assert ask(mart, QUARANTINE) == decided
    status = "SELECT quarantined_count FROM slice_status('2024-01-01') WHERE domain_id = 'OPEN'"
    assert ask(mart, status) == [{"quarantined_count": 0}]


def test_line_that_changed_is_another_quarantined_line(mart, settings):
    usage(settings, JANUARY, ("billing", "vm-small", "10"), ("portal", "vm-small", "-1"))
    run(mart, settings)
    usage(settings, JANUARY, ("billing", "vm-small", "10"), ("portal", "vm-small", "-2"))
    run(mart, settings)
    assert [Decimal(row["found_value"]) for row in ask(mart, QUARANTINE)] == [-2]
    assert ask(mart, "SELECT count(*) FROM quarantine_line") == [{"count": 2}]


def test_slice_of_quarantined_lines_only_is_empty_and_says_how_many_wait(mart, settings):
    usage(settings, JANUARY, ("portal", "vm-small", "-1"))
    done = run(mart, settings)
    assert (done.published.outcome, done.quarantined) == ("EMPTY", 1)
    status = "SELECT status, quarantined_count FROM slice_status('2024-01-01') WHERE domain_id = 'OPEN'"
    assert ask(mart, status) == [{"status": "EMPTY_CONFIRMED", "quarantined_count": 1}]
