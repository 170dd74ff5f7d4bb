"""Members: inferred when nobody knows them, described by the newest word, deactivated and never deleted."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from finops_assets import catalog, slices
from finops_assets.catalog import referential
from finops_assets.domains import discover
from finops_assets.errors import ContractBroken, DomainError, SourceRefused
from finops_assets.period import Period
from finops_assets.postgres.connection import Mart
from finops_assets.settings import Settings
from finops_assets_tests.factories import JANUARY, ask, line, price, price_view, publish, refresh, weight, write_csv

FEBRUARY, MARCH, APRIL = (JANUARY.shift(months) for months in (1, 2, 3))
OPEN = discover()["OPEN"].domain


def member(mart: Mart, product: str = "vm-small") -> dict:
    [found] = ask(mart, "SELECT * FROM dim_product WHERE domain_id = 'OPEN' AND product_id = %s", product)
    return found


def listed(product: str = "vm-small", **changes: str) -> dict[str, str]:
    """One line of a product list."""
    return {
        "product_id": product,
        "product_label": "Small VM",
        "family_id": "compute",
        "family_label": "Compute",
        "metric": "CPU",
        "decommissioned_at": "",
    } | changes


def product_list(settings: Settings, *rows: dict[str, str], edition: str = "") -> Path:
    return write_csv(settings.sources / "open" / f"products{edition and '-'}{edition}.csv", rows)


def import_products(mart: Mart, settings: Settings, today: date = date(2024, 6, 15)) -> int:
    with mart.connect("finops_batch") as connection:
        return referential.import_products(connection, settings, OPEN, today).listed


def import_applications(mart: Mart, settings: Settings, *rows: tuple[str, str, str]) -> int:
    columns = ("application_id", "application_label", "owner")
    write_csv(settings.sources / "applications.csv", [dict(zip(columns, row, strict=True)) for row in rows])
    with mart.connect("finops_batch") as connection:
        return referential.import_applications(connection, settings).listed


# Inferred members


def test_members_that_nobody_knows_are_inferred_and_the_facts_kept(mart):
    publish(
        mart, line(product_id="new", product_label=None, family_id="odd", family_label=None, application_id="ghost")
    )
    product = member(mart, "new")
    assert (product["product_label"], product["family_id"], product["is_inferred"]) == ("new", "odd", True)
    assert product["is_active"]
    assert ask(mart, "SELECT family_label FROM dim_family WHERE family_id = 'odd'") == [{"family_label": "odd"}]
    [application] = ask(mart, "SELECT * FROM dim_application WHERE application_id = 'ghost'")
    assert (application["application_label"], application["is_inferred"]) == ("ghost", True)
    assert ask(mart, "SELECT count(*) FROM fact_consumption") == [{"count": 1}]


def test_inferred_product_is_described_by_a_later_slice(mart):
    publish(mart, line(product_label=None, family_label=None))
    created = member(mart)["created_at"]
    publish(mart, line(), month=FEBRUARY)
    found = member(mart)
    assert (found["product_label"], found["is_inferred"], found["created_at"]) == ("Small VM", False, created)
    assert ask(mart, "SELECT family_label FROM dim_family") == [{"family_label": "Compute"}]


def test_inferred_members_are_described_by_the_referentials(mart, settings):
    publish(mart, line(product_label=None, application_id="ghost"))
    product_list(settings, listed())
    assert import_products(mart, settings) == 1
    assert import_applications(mart, settings, ("ghost", "The Ghost", "group:opera")) == 1
    assert (member(mart)["product_label"], member(mart)["is_inferred"]) == ("Small VM", False)
    [application] = ask(mart, "SELECT * FROM dim_application WHERE application_id = 'ghost'")
    assert (application["application_label"], application["owner"], application["is_inferred"]) == (
        "The Ghost",
        "group:opera",
        False,
    )


def test_inferred_members_are_not_retired_by_lists_that_never_knew_them(mart, settings):
    publish(mart, line(product_id="new", product_label=None, application_id="ghost"))
    product_list(settings, listed())
    import_products(mart, settings)
    import_applications(mart, settings, ("billing", "Billing", ""))
    assert member(mart, "new")["is_active"]
    assert ask(mart, "SELECT is_active FROM dim_application WHERE application_id = 'ghost'") == [{"is_active": True}]


def test_one_product_id_in_two_domains_is_two_members(mart):
    publish(mart, line(product_label="In OPEN"))
    publish(mart, line(product_label="In CLOUD", consumption_metric="GB"), domain="CLOUD")
    rows = ask(mart, "SELECT domain_id, product_label, consumption_metric FROM dim_product ORDER BY 1")
    assert [tuple(row.values()) for row in rows] == [("CLOUD", "In CLOUD", "GB"), ("OPEN", "In OPEN", "CPU")]


# Labels


def labels(mart: Mart) -> tuple[str, str]:
    [family] = ask(mart, "SELECT family_label FROM dim_family WHERE family_id = 'compute'")
    return member(mart)["product_label"], family["family_label"]


def labelled(label: str, quantity: int = 10) -> dict:
    return line(product_label=label, family_label=f"Family {label}", quantity=Decimal(quantity))


def test_newer_month_gives_the_label(mart):
    publish(mart, labelled("A"))
    publish(mart, labelled("B"), month=FEBRUARY)
    assert labels(mart) == ("B", "Family B")


def test_older_month_run_again_does_not_take_a_newer_label_back(mart):
    publish(mart, labelled("A"))
    publish(mart, labelled("B"), month=MARCH)
    publish(mart, labelled("C", 11))
    publish(mart, labelled("D"), month=FEBRUARY)
    assert labels(mart) == ("B", "Family B")


def test_label_that_a_newer_month_confirmed_is_not_taken_back_either(mart):
    publish(mart, labelled("A"))
    publish(mart, labelled("A"), month=MARCH)
    publish(mart, labelled("B"), month=FEBRUARY)
    assert labels(mart) == ("A", "Family A")


def test_same_month_run_again_corrects_its_own_label(mart):
    publish(mart, labelled("A"))
    publish(mart, labelled("B", 11))
    assert labels(mart) == ("B", "Family B")


def test_month_without_labels_leaves_them(mart):
    publish(mart, labelled("A"))
    publish(mart, line(product_label=None, family_label=None), month=FEBRUARY)
    assert labels(mart) == ("A", "Family A")
    assert not member(mart)["is_inferred"]


def test_product_moves_to_the_family_of_the_newer_month_and_past_facts_stay_in_theirs(mart):
    publish(mart, line())
    publish(mart, line(family_id="machines", family_label="Machines"), month=FEBRUARY)
    assert member(mart)["family_id"] == "machines"
    rows = ask(mart, "SELECT family_id FROM fact_consumption ORDER BY period_month")
    assert [row["family_id"] for row in rows] == ["compute", "machines"]


# One product, one metric


def test_change_of_metric_is_refused_by_name_and_the_slice_stays(mart):
    publish(mart, line())
    with pytest.raises(ContractBroken) as broken:
        publish(mart, line(consumption_metric="GB"), line(product_id="other"), month=FEBRUARY)
    assert "product 'vm-small' is counted in 'CPU', not in 'GB'" in str(broken.value)
    assert "OPEN 2024-02" in str(broken.value)
    assert ask(mart, "SELECT period_month FROM fact_consumption") == [{"period_month": JANUARY.first_day}]
    assert ask(mart, "SELECT FROM dim_product WHERE product_id = 'other'") == []


def test_product_list_with_another_metric_is_refused_whole(mart, settings):
    publish(mart, line())
    product_list(settings, listed(metric="GB"), listed("other"), edition="2024-03")
    with pytest.raises(ContractBroken, match=r"(?s)product list of 2024-03.*vm-small"):
        import_products(mart, settings)
    assert ask(mart, "SELECT product_id FROM dim_product") == [{"product_id": "vm-small"}]


# Referentials


def test_editions_are_in_order_and_the_undated_one_is_the_newest(settings):
    for edition in ("2024-10", "", "2024-02"):
        product_list(settings, listed(), edition=edition)
    assert list(referential.editions(settings, OPEN)) == [Period(2024, 2), Period(2024, 10), None]


def test_product_list_with_another_name_is_refused(settings):
    product_list(settings, listed(), edition="2024")
    with pytest.raises(SourceRefused, match=r"products-2024.csv.*name it products.csv or products-YYYY-MM.csv"):
        referential.editions(settings, OPEN)


@pytest.mark.parametrize(
    ("month", "label"),
    [("2024-01", "of February"), ("2024-02", "of February"), ("2024-03", "of February"), ("2024-05", "of April")],
)
def test_month_is_described_by_the_edition_in_force(settings, month, label):
    product_list(settings, listed(product_label="of February"), edition="2024-02")
    product_list(settings, listed(product_label="of April"), edition="2024-04")
    reading = referential.products_of(settings, OPEN, Period.parse(month))
    assert reading.rows["product_label"].tolist() == [label]


def test_month_before_every_edition_takes_the_undated_list_or_the_first_edition(settings):
    assert referential.products_of(settings, OPEN, JANUARY) is None
    product_list(settings, listed(product_label="of April"), edition="2024-04")
    assert referential.products_of(settings, OPEN, JANUARY).rows["product_label"].tolist() == ["of April"]
    product_list(settings, listed(product_label="of now"))
    assert referential.products_of(settings, OPEN, JANUARY).rows["product_label"].tolist() == ["of now"]


def test_product_that_leaves_the_list_is_deactivated_with_the_date_of_that_edition(mart, settings):
    product_list(settings, listed(), listed("vm-old"), edition="2024-01")
    product_list(settings, listed(), edition="2024-03")
    for _ in range(2):
        assert import_products(mart, settings) == 1
        assert (member(mart, "vm-old")["is_active"], member(mart, "vm-old")["decommissioned_at"]) == (
            False,
            date(2024, 3, 1),
        )
        assert member(mart)["is_active"]


def test_product_that_comes_back_is_the_same_member_again(mart, settings):
    product_list(settings, listed(), listed("vm-old"), edition="2024-01")
    import_products(mart, settings)
    created = member(mart, "vm-old")["created_at"]
    product_list(settings, listed(), edition="2024-03")
    import_products(mart, settings)
    assert not member(mart, "vm-old")["is_active"]
    product_list(settings, listed(), listed("vm-old", product_label="Back"), edition="2024-05")
    import_products(mart, settings)
    back = member(mart, "vm-old")
    assert (back["is_active"], back["decommissioned_at"], back["created_at"]) == (True, None, created)
    assert back["product_label"] == "Back"


def test_product_that_a_list_says_is_decommissioned_keeps_the_date_it_says(mart, settings):
    product_list(settings, listed(decommissioned_at="2024-02-20"))
    import_products(mart, settings)
    assert (member(mart)["is_active"], member(mart)["decommissioned_at"]) == (False, date(2024, 2, 20))
    product_list(settings, listed())
    import_products(mart, settings)
    assert (member(mart)["is_active"], member(mart)["decommissioned_at"]) == (True, None)


def test_product_that_leaves_the_undated_list_keeps_its_first_date(mart, settings):
    product_list(settings, listed(), listed("vm-old"))
    import_products(mart, settings)
    product_list(settings, listed())
    import_products(mart, settings, date(2024, 6, 15))
    import_products(mart, settings, date(2024, 8, 1))
    assert member(mart, "vm-old")["decommissioned_at"] == date(2024, 6, 15)


def test_broken_edition_changes_nothing_not_even_by_the_good_ones_before_it(mart, settings):
    product_list(settings, listed(product_label="New label"), edition="2024-01")
    product_list(settings, listed(metric=""), edition="2024-02")
    with pytest.raises(SourceRefused, match="products-2024-02.csv, line 2, column metric"):
        import_products(mart, settings)
    assert ask(mart, "SELECT * FROM dim_product") == []


def test_application_that_leaves_the_list_is_deactivated_and_comes_back(mart, settings):
    states = []
    for rows in ([("a", "A", ""), ("b", "B", "")], [("a", "A", "")], [("a", "A", ""), ("b", "B again", "group:b")]):
        import_applications(mart, settings, *rows)
        found = ask(mart, "SELECT application_label, owner, is_active FROM dim_application WHERE application_id = 'b'")
        states.append(tuple(found[0].values()))
    assert states == [("B", None, True), ("B", None, False), ("B again", "group:b", True)]
    reserved = "SELECT bool_and(is_active) AS active FROM dim_application WHERE application_id LIKE 'UN%'"
    assert ask(mart, reserved) == [{"active": True}]


def test_active_applications_are_in_byte_order_without_the_reserved_ones(mart, settings):
    import_applications(mart, settings, ("b", "B", ""), ("Z", "Z", ""), ("é", "E", ""), ("gone", "G", ""))
    import_applications(mart, settings, ("b", "B", ""), ("Z", "Z", ""), ("é", "E", ""))
    with mart.connect("finops_api") as connection:
        assert catalog.active_applications(connection) == ["Z", "b", "é"]


def test_all_referentials_are_counted(mart, settings):
    product_list(settings, listed(), listed("vm-big"))
    write_csv(settings.sources / "applications.csv", [{"application_id": "a", "application_label": "A", "owner": ""}])
    everything = [plugin.domain for plugin in discover().values()]
    with mart.connect("finops_batch") as connection:
        done = referential.import_all(connection, settings, everything, date(2024, 6, 15))
    assert [(one.name, one.listed, one.new) for one in done] == [("applications", 1, 1), ("OPEN", 2, 2)]


def counted(imported: referential.Imported) -> tuple[int, ...]:
    return imported.listed, imported.new, imported.changed, imported.deactivated, imported.returned


def test_import_tells_what_each_product_became(mart, settings):
    told = []
    for rows in (
        [listed(), listed("vm-old"), listed("vm-other")],
        [listed(product_label="Tiny VM"), listed("vm-other"), listed("vm-new")],
        [listed(product_label="Tiny VM", family_id="machines"), listed("vm-other"), listed("vm-old")],
        [listed(product_label="Tiny VM", family_id="machines"), listed("vm-other"), listed("vm-old")],
    ):
        product_list(settings, *rows)
        with mart.connect("finops_batch") as connection:
            told.append(counted(referential.import_products(connection, settings, OPEN, date(2024, 6, 15))))
    # listed, new, changed, deactivated, returned
    assert told == [(3, 3, 0, 0, 0), (3, 1, 1, 1, 0), (3, 0, 1, 1, 1), (3, 0, 0, 0, 0)]


def test_import_tells_what_each_application_became(mart, settings):
    told = []
    for rows in (
        [("a", "A", ""), ("b", "B", "")],
        [("a", "A new", ""), ("c", "C", "")],
        [("a", "A new", ""), ("b", "B", "")],
    ):
        write_csv(
            settings.sources / "applications.csv",
            [dict(zip(("application_id", "application_label", "owner"), row, strict=True)) for row in rows],
        )
        with mart.connect("finops_batch") as connection:
            told.append(counted(referential.import_applications(connection, settings)))
    assert told == [(2, 2, 0, 0, 0), (2, 1, 1, 1, 0), (2, 0, 0, 1, 1)]


def test_without_a_list_nothing_is_imported(mart, settings):
    with mart.connect("finops_batch") as connection:
        assert referential.import_all(connection, settings, [OPEN], date(2024, 6, 15)) == []


# Domains


def test_registering_domains_again_changes_nothing(mart):
    everything = [plugin.domain for plugin in discover().values()]
    before = ask(mart, "SELECT xmin::TEXT, * FROM dim_domain ORDER BY domain_id")
    with mart.connect("finops_batch") as connection:
        catalog.register_domains(connection, everything, Period(2030, 1))
    assert ask(mart, "SELECT xmin::TEXT, * FROM dim_domain ORDER BY domain_id") == before
    assert {row["is_enabled"] for row in before} == {False}


def test_domain_whose_plugin_changed_its_mode_is_refused(mart):
    change = "UPDATE dim_domain SET domain_mode = 'DIRECT', indirect_method_key = NULL, indirect_label = NULL"
    ask(mart, f"{change} WHERE domain_id = 'AUDIT'", role="finops_admin")
    with mart.connect("finops_batch") as connection, pytest.raises(DomainError, match="AUDIT is DIRECT in dim_domain"):
        catalog.register_domains(connection, [discover()["AUDIT"].domain], JANUARY)


def enable(mart: Mart, domain: str = "OPEN", *, is_enabled: bool = True, available_from: Period | None = None) -> None:
    with mart.connect("finops_admin") as connection:
        catalog.set_enabled(connection, domain, is_enabled=is_enabled, available_from=available_from)


def test_domain_is_switched_on_and_off(mart):
    enable(mart, available_from=MARCH)
    with mart.connect("finops_api") as connection:
        known = catalog.domains(connection)["OPEN"]
        assert (known.is_enabled, known.available_from) == (True, MARCH.first_day)
    enable(mart, is_enabled=False)
    with mart.connect("finops_api") as connection:
        known = catalog.domains(connection)["OPEN"]
        assert (known.is_enabled, known.available_from) == (False, MARCH.first_day)


def test_unknown_domain_is_not_switched(mart):
    with pytest.raises(DomainError, match="domain NOPE is unknown"):
        enable(mart, "NOPE")


def test_months_of_a_disabled_domain_stay_in_status_and_marts(mart, tmp_path):
    price_view(mart, tmp_path)
    price(mart, tmp_path, "2")
    enable(mart)
    publish(mart, line())
    refresh(mart)
    enable(mart, is_enabled=False)
    ask(mart, "SELECT refresh_slice('2024-01-01', 'OPEN'), refresh_marts()", role="finops_batch")

    with mart.connect("finops_api") as connection:
        rows = slices.status(connection, JANUARY, FEBRUARY, FEBRUARY)
    assert [(row["domain_id"], row["status"]) for row in rows] == [("OPEN", "LOADED"), ("OPEN", "EXPECTED")]
    for mart_name in ("mv_cost_domain_month", "mv_cost_app_month", "mv_cost_family_month", "mv_history_trend"):
        assert ask(mart, f"SELECT cost FROM {mart_name}") == [{"cost": Decimal(20)}]  # noqa: S608


def test_domain_that_was_never_enabled_or_published_is_not_in_the_status(mart):
    publish(mart, weight("billing", "1"), domain="LICENCES")
    with mart.connect("finops_api") as connection:
        rows = slices.status(connection, JANUARY, JANUARY, JANUARY)
    assert [row["domain_id"] for row in rows] == ["LICENCES"]


def product(product_id, **changes):
    described = {"product_label": product_id.upper(), "family_id": "f", "family_label": "F", "metric": "CPU"}
    return {"product_id": product_id} | described | {"decommissioned_at": ""} | changes


def lifecycle(mart, settings, today):
    with mart.connect("finops_batch") as connection:
        referential.import_products(connection, settings, OPEN, today)
    rows = ask(mart, "SELECT product_id, is_active, decommissioned_at FROM dim_product ORDER BY 1")
    return {row["product_id"]: (row["is_active"], row["decommissioned_at"]) for row in rows}


def test_importing_the_same_lists_later_moves_no_date(mart, settings):
    folder = settings.sources / "open"
    write_csv(folder / "products-2024-01.csv", [product("a"), product("b")])
    write_csv(folder / "products.csv", [product("a")])
    first = lifecycle(mart, settings, date(2024, 3, 5))
    assert first == {"a": (True, None), "b": (False, date(2024, 3, 5))}
    assert lifecycle(mart, settings, date(2024, 6, 1)) == first


def test_a_dated_list_dates_what_it_no_longer_names(mart, settings):
    folder = settings.sources / "open"
    write_csv(folder / "products-2024-01.csv", [product("a"), product("b")])
    write_csv(folder / "products-2024-04.csv", [product("a")])
    write_csv(folder / "products-2024-07.csv", [product("a"), product("c")])
    found = lifecycle(mart, settings, date(2024, 9, 1))
    assert found == {"a": (True, None), "b": (False, date(2024, 4, 1)), "c": (True, None)}


def test_a_list_that_replaced_its_predecessor_retires_what_it_dropped(mart, settings):
    write_csv(settings.sources / "open" / "products.csv", [product("a"), product("b")])
    lifecycle(mart, settings, date(2024, 3, 5))
    write_csv(settings.sources / "open" / "products.csv", [product("a")])
    assert lifecycle(mart, settings, date(2024, 4, 2))["b"] == (False, date(2024, 4, 2))


def test_a_product_that_only_usage_named_is_not_the_lists_to_retire(mart, settings):
    publish(mart, line(product_id="from-usage", product_label="Named by the usage file"))
    write_csv(settings.sources / "open" / "products.csv", [product("a")])
    assert lifecycle(mart, settings, date(2024, 3, 5))["from-usage"] == (True, None)
