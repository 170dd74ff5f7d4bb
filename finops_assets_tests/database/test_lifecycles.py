"""The lives of products and applications: what people say of them holds, and what is cited is never deleted."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from functools import partial

import pytest

from finops_assets import audit, marts, verify
from finops_assets.catalog import applications, citations, products, referential
from finops_assets.catalog.products import Key, ProductState
from finops_assets.domains import discover
from finops_assets.errors import MartRefused
from finops_assets.period import Period
from finops_assets.pricing import price_books
from finops_assets_tests.factories import JANUARY, ask, line, price, price_view, publish, refresh, run, write_csv

FEBRUARY, MARCH, APRIL = (JANUARY.shift(months) for months in (1, 2, 3))
TODAY = date(2024, 6, 15)
OPEN = discover()["OPEN"].domain
SMALL, OLD = Key("OPEN", "vm-small"), Key("OPEN", "vm-old")
BY_ANN = {"person": "ann", "reason": "a test"}


def act(mart, change: Callable, *arguments, role: str = "finops_admin", **named):
    """Do something as Ann."""
    with mart.connect(role) as connection:
        return change(connection, *arguments, **BY_ANN, **named)


def product(mart, key: Key = SMALL, today: date = TODAY) -> products.Product:
    with mart.connect("finops_api") as connection:
        return products.product(connection, key, today)


def application(mart, application_id: str = "billing") -> applications.Application:
    with mart.connect("finops_api") as connection:
        return applications.application(connection, application_id)


def lists(mart, settings, *, today: date = TODAY, edition: str = "", **labels: str) -> None:
    """A product list of OPEN, product=label (underscores stand for hyphens), imported."""
    rows = [
        {"product_id": name.replace("_", "-"), "product_label": label, "family_id": "compute"}
        | {"family_label": "Compute", "metric": "CPU", "decommissioned_at": ""}
        for name, label in labels.items()
    ]
    write_csv(settings.sources / "open" / f"products{edition and '-'}{edition}.csv", rows)
    import_lists(mart, settings, today)


def import_lists(mart, settings, today: date = TODAY) -> None:
    with mart.connect("finops_batch") as connection:
        referential.import_all(connection, settings, [OPEN], today)


def list_applications(mart, settings, *rows: tuple[str, str, str]) -> None:
    columns = ("application_id", "application_label", "owner")
    write_csv(settings.sources / "applications.csv", [dict(zip(columns, row, strict=True)) for row in rows])
    import_lists(mart, settings)


def used(mart, settings, month: Period, *names: str, quantity: str = "1") -> None:
    """Usage of billing in OPEN, run."""
    rows = [{"application_id": "billing", "product_id": name, "quantity": quantity} for name in names]
    write_csv(settings.sources / "open" / f"{month}.csv", rows)


def assert_sound(mart) -> None:
    with mart.connect("finops_batch") as connection:
        found = [*verify.run_checks(connection), *verify.run_proofs(connection)]
    assert [one.name for one in found if not one.passed] == []


# What is there


def test_products_are_told_page_by_page_with_the_state_they_are_in(mart):
    publish(mart, *[line(product_id=f"p{place}") for place in range(5)], line(product_id="p5", product_label=None))
    act(mart, products.deactivate, Key("OPEN", "p1"))
    act(mart, products.decommission, Key("OPEN", "p2"), TODAY, TODAY)
    act(mart, products.decommission, Key("OPEN", "p3"), date(2024, 6, 16), TODAY)
    with mart.connect("finops_api") as connection:
        pages, after = [], None
        while page := products.products(connection, TODAY, after=after, limit=4):
            pages.append([(one.product_id, one.state.value) for one in page])
            after = Key(page[-1].domain_id, page[-1].product_id)
        counts = products.counts(connection, TODAY)
        tomorrow = products.counts(connection, date(2024, 6, 16))
        decommissioned = products.products(connection, TODAY, state=ProductState.DECOMMISSIONED)
    assert pages == [
        [("p0", "active"), ("p1", "inactive"), ("p2", "decommissioned"), ("p3", "active")],
        [("p4", "active"), ("p5", "unmapped")],
    ]
    assert counts == {
        ProductState.ACTIVE: 3,
        ProductState.INACTIVE: 1,
        ProductState.DECOMMISSIONED: 1,
        ProductState.UNMAPPED: 1,
    }
    assert tomorrow == {
        ProductState.ACTIVE: 2,
        ProductState.INACTIVE: 1,
        ProductState.DECOMMISSIONED: 2,
        ProductState.UNMAPPED: 1,
    }
    assert [one.product_id for one in decommissioned] == ["p2"]


def test_one_product_id_in_two_domains_is_two_lives(mart):
    publish(mart, line())
    publish(mart, line(), domain="CLOUD")
    act(mart, products.decommission, SMALL, TODAY, TODAY)
    with mart.connect("finops_api") as connection:
        states = [(one.domain_id, one.state.value) for one in products.products(connection, TODAY)]
        assert len(products.products(connection, TODAY, domain_id="CLOUD")) == 1
    assert states == [("CLOUD", "active"), ("OPEN", "decommissioned")]


def test_history_has_label_and_family_of_then_and_the_cost_of_each_month(mart, tmp_path):
    price_view(mart, tmp_path)
    price(mart, tmp_path, "0.5")
    publish(mart, line(), line(application_id="portal", quantity=Decimal("0.000000000001")))
    publish(mart, line(product_label="Tiny VM", family_id="machines", family_label="Machines"), month=FEBRUARY)
    refresh(mart)
    publish(mart, line(product_label="Tiny VM", family_id="machines"), month=MARCH)
    with mart.connect("finops_api") as connection:
        told = products.history(connection, SMALL, "internal")
    assert [(row.label_then, row.family_then, row.applications, row.quantity, row.cost) for row in told] == [
        ("Small VM", "compute", 2, Decimal("10.000000000001"), Decimal("5.0000000000005")),
        ("Tiny VM", "machines", 1, Decimal(10), Decimal(5)),
        # not refreshed yet
        ("Tiny VM", "machines", 1, Decimal(10), None),
    ]


def test_history_of_an_application_is_by_month_and_domain(mart, tmp_path):
    price_view(mart, tmp_path)
    price(mart, tmp_path, "2", "*")
    publish(mart, line(), line(product_id="vm-big"), line(application_id="portal"))
    publish(mart, line(), domain="CLOUD")
    refresh(mart)
    with mart.connect("finops_api") as connection:
        told = applications.history(connection, "billing", "internal")
        assert applications.history(connection, "nobody", "internal") == []
    assert [(row.domain_id, row.products, row.cost, row.unpriced_count) for row in told] == [
        ("CLOUD", 1, None, 1),
        ("OPEN", 2, Decimal(40), 0),
    ]


# What people say holds


@pytest.mark.parametrize(
    ("change", "state"),
    [
        (products.activate, ProductState.ACTIVE),
        (products.deactivate, ProductState.INACTIVE),
        (
            lambda *given, **by: products.decommission(*given, date(2024, 3, 1), TODAY, **by),
            ProductState.DECOMMISSIONED,
        ),
    ],
    ids=["activate", "deactivate", "decommission"],
)
@pytest.mark.parametrize("is_listed", [True, False])
def test_what_a_person_says_of_the_lifecycle_survives_lists(mart, settings, change, state, is_listed):
    lists(mart, settings, vm_small="Small VM", vm_old="Old VM")
    act(mart, change, OLD)
    lists(mart, settings, vm_small="Small VM", **({"vm_old": "Old VM"} if is_listed else {}))
    lists(mart, settings, vm_small="Small VM", vm_new="New VM")
    found = product(mart, OLD)
    assert (found.state, found.held_by) == (state, "ann")


def test_released_product_is_again_what_its_list_says(mart, settings):
    lists(mart, settings, vm_small="Small VM", vm_old="Old VM")
    act(mart, products.decommission, SMALL, date(2024, 3, 1), TODAY)
    act(mart, products.activate, OLD)
    lists(mart, settings, vm_small="Small VM")
    act(mart, products.release, SMALL)
    act(mart, products.release, OLD)
    import_lists(mart, settings)
    assert (product(mart).state, product(mart).decommissioned_at, product(mart).held_by) == (
        ProductState.ACTIVE,
        None,
        None,
    )
    assert (product(mart, OLD).state, product(mart, OLD).decommissioned_at) == (ProductState.DECOMMISSIONED, TODAY)
    with pytest.raises(MartRefused, match="nobody holds OPEN/vm-small"):
        act(mart, products.release, SMALL)


def test_label_and_family_of_a_person_survive_lists_and_usage_until_released(mart, settings):
    lists(mart, settings, vm_small="Small VM")
    act(mart, products.relabel, SMALL, " Tiny VM ", JANUARY)
    act(mart, products.move, SMALL, "machines", JANUARY, new_label="Machines")
    lists(mart, settings, vm_small="Renamed VM")
    publish(mart, line(product_label="Of usage"), month=Period(2024, 12))
    found = product(mart)
    assert (found.product_label, found.family_id, found.described_by) == ("Tiny VM", "machines", "ann")
    act(mart, products.release, SMALL)
    import_lists(mart, settings)
    found = product(mart)
    assert (found.product_label, found.family_id, found.described_by) == ("Renamed VM", "compute", None)


def test_who_says_what_it_is_called_does_not_say_whether_it_is_in_service(mart, settings):
    lists(mart, settings, vm_small="Small VM", vm_old="Old VM")
    act(mart, products.relabel, OLD, "Oldest VM", JANUARY)
    lists(mart, settings, vm_small="Small VM")
    assert (product(mart, OLD).state, product(mart, OLD).product_label) == (ProductState.DECOMMISSIONED, "Oldest VM")


def test_product_that_a_person_describes_is_no_longer_unmapped(mart):
    publish(mart, line(product_label=None))
    assert product(mart).state is ProductState.UNMAPPED
    act(mart, products.relabel, SMALL, "Small VM", JANUARY)
    assert product(mart).state is ProductState.ACTIVE


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (partial(products.relabel, key=SMALL, label="  ", month=JANUARY), "needs a label"),
        (partial(products.move, key=SMALL, family_id="none", month=JANUARY), "has no family 'none'"),
        (
            partial(products.move, key=SMALL, family_id="compute", month=JANUARY, new_label="Other"),
            "family compute is there already: Compute",
        ),
        (partial(products.activate, key=Key("OPEN", "nope")), "there is no product OPEN/nope"),
        (partial(products.delete, key=Key("OPEN", "nope")), "there is no product OPEN/nope"),
        (partial(applications.deactivate, application_id="UNASSIGNED"), "UNASSIGNED is reserved"),
        (partial(applications.give_to, application_id="nope", owner="x"), "there is no application 'nope'"),
        (partial(applications.relabel, application_id="billing", label=""), "needs a label"),
        (partial(applications.release, application_id="billing"), "nobody holds application 'billing'"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(mart, change, told):
    publish(mart, line())
    members = "SELECT to_jsonb(p) FROM dim_product AS p UNION ALL SELECT to_jsonb(a) FROM dim_application AS a"
    before = ask(mart, members)
    with pytest.raises(MartRefused, match=told):
        act(mart, change)
    assert ask(mart, members) == before


def test_application_that_a_person_holds_or_describes_survives_its_list(mart, settings):
    list_applications(mart, settings, ("billing", "Billing", "group:a"), ("portal", "Portal", "group:a"))
    act(mart, applications.deactivate, "billing")
    act(mart, applications.relabel, "portal", "The portal")
    act(mart, applications.give_to, "portal", "group:b")
    list_applications(mart, settings, ("billing", "Invoices", "group:c"), ("portal", "Portal 2", "group:c"))
    billing, portal = application(mart), application(mart, "portal")
    assert (billing.state.value, billing.application_label, billing.owner) == ("inactive", "Invoices", "group:c")
    assert (portal.state.value, portal.application_label, portal.owner) == ("active", "The portal", "group:b")
    act(mart, applications.release, "billing")
    act(mart, applications.release, "portal")
    import_lists(mart, settings)
    assert application(mart).state.value == "active"
    assert (application(mart, "portal").application_label, application(mart, "portal").owner) == ("Portal 2", "group:c")


def test_deactivated_application_has_no_share_of_what_is_spread_evenly(mart, settings):
    list_applications(mart, settings, ("billing", "B", ""), ("portal", "P", ""), ("crm", "C", ""))
    act(mart, applications.deactivate, "crm")
    run(mart, settings, "WORKPLACE")
    shares = ask(mart, "SELECT application_id, quantity FROM fact_consumption ORDER BY 1")
    assert [tuple(row.values()) for row in shares] == [("billing", Decimal("0.5")), ("portal", Decimal("0.5"))]


def test_every_act_on_a_product_is_in_its_log_with_person_and_reason(mart):
    publish(mart, line(), line(product_id="other"))
    act(mart, products.deactivate, SMALL)
    act(mart, products.relabel, SMALL, "Tiny VM", JANUARY)
    act(mart, products.activate, Key("OPEN", "other"))
    act(mart, products.release, SMALL)
    with mart.connect("finops_admin") as connection:
        done = products.acts(connection, SMALL)
        assert audit.acts(connection, relation="dim_product", person="ann", limit=9) == [
            *done[:1],
            *products.acts(connection, Key("OPEN", "other")),
            *done[1:],
        ]
    assert {(one.person, one.reason) for one in done} == {("ann", "a test")}
    assert [sorted(one.changes) for one in done] == [
        ["described_by", "described_in", "held_by"],
        ["described_by", "product_label"],
        ["held_by", "is_active"],
    ]
    refresh(mart)
    assert_sound(mart)


# As then and as now


def by_family(mart, month: Period, labels: marts.Labels) -> dict[str, Decimal]:
    with mart.connect("finops_api") as connection:
        lines = marts.report(connection, month, marts.Grain.FAMILY, "internal", labels=labels)
    return {one.key: one.cost for one in lines}


@pytest.fixture
def moved(mart, settings, tmp_path):
    """vm-small used in three months, moved by Ann from compute to machines from February on; all of it priced."""
    price_view(mart, tmp_path)
    price(mart, tmp_path, "3")
    lists(mart, settings, edition="2024-01", vm_small="Small VM")
    for month in (JANUARY, FEBRUARY):
        used(mart, settings, month, "vm-small")
    run(mart, settings, month=JANUARY)
    act(mart, products.move, SMALL, "machines", FEBRUARY, new_label="Machines")
    run(mart, settings, month=FEBRUARY)
    refresh(mart)


def test_moved_product_costs_in_its_family_of_then_and_of_now(mart, moved):
    assert by_family(mart, JANUARY, marts.Labels.THEN) == {"compute": Decimal(3)}
    assert by_family(mart, FEBRUARY, marts.Labels.THEN) == {"machines": Decimal(3)}
    for month in (JANUARY, FEBRUARY):
        assert by_family(mart, month, marts.Labels.NOW) == {"machines": Decimal(3)}


def test_months_run_again_after_moves_stay_in_the_family_of_then(mart, settings, moved):
    act(mart, products.move, SMALL, "servers", APRIL, new_label="Servers")
    for month in (JANUARY, FEBRUARY):
        assert run(mart, settings, month=month).published.outcome == "UNCHANGED"
        used(mart, settings, month, "vm-small", quantity="2")
        assert run(mart, settings, month=month).published.version == 2
    refresh(mart)
    assert by_family(mart, JANUARY, marts.Labels.THEN) == {"compute": Decimal(6)}
    assert by_family(mart, FEBRUARY, marts.Labels.THEN) == {"machines": Decimal(6)}
    assert by_family(mart, FEBRUARY, marts.Labels.NOW) == {"servers": Decimal(6)}
    assert_sound(mart)


def test_month_first_run_after_a_move_to_come_is_as_its_source_says(mart, settings, moved):
    act(mart, products.move, SMALL, "servers", APRIL, new_label="Servers")
    used(mart, settings, MARCH, "vm-small")
    run(mart, settings, month=MARCH)
    rows = ask(mart, "SELECT family_id, product_label_snapshot FROM fact_consumption WHERE period_month = '2024-03-01'")
    assert rows == [{"family_id": "compute", "product_label_snapshot": "Small VM"}]


def test_relabelled_product_lands_under_its_new_label_from_its_month_on(mart, settings):
    lists(mart, settings, edition="2024-01", vm_small="Small VM", vm_old="Old VM")
    act(mart, products.relabel, SMALL, "Old VM", FEBRUARY)
    for month in (JANUARY, FEBRUARY):
        used(mart, settings, month, "vm-small", "vm-old")
        run(mart, settings, month=month)
    labels = ask(
        mart, "SELECT product_id, product_label_snapshot AS label FROM fact_consumption ORDER BY period_month, 1"
    )
    # two products with one label stay two
    assert [tuple(row.values()) for row in labels] == [
        ("vm-old", "Old VM"),
        ("vm-small", "Small VM"),
        ("vm-old", "Old VM"),
        ("vm-small", "Old VM"),
    ]


# The end of a product


def test_decommissioned_product_keeps_its_past_and_its_later_lines_wait(mart, settings):
    lists(mart, settings, vm_small="Small VM", vm_old="Old VM")
    for month in (JANUARY, FEBRUARY, MARCH):
        used(mart, settings, month, "vm-small", "vm-old")
        run(mart, settings, month=month)
    late = act(mart, products.decommission, OLD, date(2024, 2, 10), TODAY)
    assert late == [MARCH]
    again = {month: run(mart, settings, month=month) for month in (JANUARY, FEBRUARY, MARCH)}
    assert [(one.quarantined, one.published.version) for one in again.values()] == [(0, 1), (0, 1), (1, 2)]
    act(mart, products.activate, OLD)
    assert run(mart, settings, month=MARCH).quarantined == 0


# Deleting


def test_product_that_was_inferred_by_mistake_and_is_cited_by_nothing_is_deleted(mart):
    ask(mart, "INSERT INTO dim_family VALUES ('OPEN', 'f', 'F')")
    ask(
        mart,
        "INSERT INTO dim_product (domain_id, product_id, product_label, family_id, consumption_metric, is_inferred) "
        "VALUES ('OPEN', 'vm-smal', 'vm-smal', 'f', 'CPU', TRUE)",
    )
    ask(mart, "INSERT INTO dim_application VALUES ('biling', 'biling')")
    act(mart, products.delete, Key("OPEN", "vm-smal"))
    act(mart, applications.delete, "biling")
    assert ask(mart, "SELECT FROM dim_product") == []
    assert ask(mart, "SELECT FROM dim_application WHERE application_id = 'biling'") == []
    with mart.connect("finops_admin") as connection:
        [deleted] = products.acts(connection, Key("OPEN", "vm-smal"), limit=1)
    assert (deleted.act, deleted.person, deleted.reason) == ("DELETE", "ann", "a test")


def draft(mart, tmp_path):
    with mart.connect("finops_admin") as connection:
        price_books.add_draft(connection, "idea", based_on="internal", label=None)
    price(mart, tmp_path, "1", pricing_view_id="idea")


@pytest.fixture
def citing(mart, tmp_path):
    """vm-small of OPEN and the application billing, cited by nothing yet; and what may come to cite them."""
    price_view(mart, tmp_path)
    publish(mart, line(product_id="other", application_id="portal"))
    ask(
        mart,
        "INSERT INTO dim_product (domain_id, product_id, product_label, family_id, consumption_metric) "
        "VALUES ('OPEN', 'vm-small', 'Small VM', 'compute', 'CPU')",
    )
    ask(mart, "INSERT INTO dim_application VALUES ('billing', 'Billing')")

    def replaced():
        publish(mart, line(), month=FEBRUARY)
        publish(mart, line(product_id="other", application_id="portal"), month=FEBRUARY)

    def adjust():
        ask(mart, "SELECT ensure_slice('2024-02-01', 'OPEN')")
        ask(
            mart,
            "INSERT INTO adjustment (period_month, original_month, domain_id, application_id, product_id, quantity, "
            "person, reason) VALUES ('2024-02-01', '2024-01-01', 'OPEN', 'billing', 'vm-small', 1, 'ann', 'late')",
        )

    return {
        "1 fact (2024-02)": partial(publish, mart, line(), month=FEBRUARY),
        "1 replaced line (2024-02)": replaced,
        "1 price (2024-01)": partial(price, mart, tmp_path, "1"),
        "1 draft price (2024-01)": partial(draft, mart, tmp_path),
        "1 adjustment (2024-01)": adjust,
        "1 access grant": partial(ask, mart, "INSERT INTO application_access VALUES ('user:ana', 'billing')"),
    }


OF_PRODUCTS = [
    "1 fact (2024-02)",
    "1 replaced line (2024-02)",
    "1 price (2024-01)",
    "1 draft price (2024-01)",
    "1 adjustment (2024-01)",
]
OF_APPLICATIONS = ["1 fact (2024-02)", "1 replaced line (2024-02)", "1 adjustment (2024-01)", "1 access grant"]


@pytest.mark.parametrize("what", OF_PRODUCTS)
def test_product_that_anything_cites_is_not_deleted_and_the_refusal_names_it(mart, citing, what):
    citing[what]()
    with pytest.raises(MartRefused) as refused:
        act(mart, products.delete, SMALL)
    assert str(refused.value) == f"product OPEN/vm-small is never deleted: {what} cite it; deactivate it instead"
    with pytest.raises(MartRefused, match=f"never deleted while {what.split(' (')[0]} cite it"):
        ask(mart, "DELETE FROM dim_product WHERE product_id = 'vm-small'", role="finops_admin")


@pytest.mark.parametrize("what", OF_APPLICATIONS)
def test_application_that_anything_cites_is_not_deleted_and_the_refusal_names_it(mart, citing, what):
    citing[what]()
    with pytest.raises(MartRefused) as refused:
        act(mart, applications.delete, "billing")
    assert str(refused.value) == f"application billing is never deleted: {what} cite it; deactivate it instead"
    with pytest.raises(MartRefused, match=f"never deleted while {what.split(' (')[0]} cite it"):
        ask(mart, "DELETE FROM dim_application WHERE application_id = 'billing'", role="finops_admin")


def test_everything_that_cites_a_product_is_named_with_its_months(mart, citing, tmp_path):
    for cite in citing.values():
        cite()
    publish(mart, line(), month=APRIL)
    with mart.connect("finops_api") as connection:
        told = [str(one) for one in citations.of_product(connection, "OPEN", "vm-small")]
    assert told == [
        "1 fact (2024-04)",
        "1 replaced line (2024-02)",
        "1 price (2024-01)",
        "1 draft price (2024-01)",
        "1 adjustment (2024-01)",
    ]


def test_a_hundred_people_deleting_beside_publications_leave_no_fact_without_its_member(mart):
    names = [f"vm-{place:03}" for place in range(100)]
    publish(mart, line())
    insert = (
        "INSERT INTO dim_product (domain_id, product_id, product_label, family_id, consumption_metric) "
        "SELECT 'OPEN', name, 'Old label', 'compute', 'CPU' FROM unnest(%s::TEXT[]) AS name"
    )
    ask(mart, insert, names)

    def delete(name: str) -> str:
        try:
            act(mart, products.delete, Key("OPEN", name))
        except MartRefused as refused:
            return "refused" if "never deleted" in str(refused) else str(refused)
        return "deleted"

    def publish_them(part: int) -> str:
        rows = [line(product_id=name) for name in names[part::4]]
        return publish(mart, *rows, month=JANUARY.shift(1 + part)).outcome

    with ThreadPoolExecutor(24) as pool:
        publishing = [pool.submit(publish_them, part) for part in range(4)]
        ended = list(pool.map(delete, names))
    assert [future.result() for future in publishing] == ["LOADED"] * 4
    assert set(ended) <= {"deleted", "refused"}
    assert len(ended) == 100
    assert ask(mart, "SELECT count(*) FROM fact_consumption JOIN dim_product USING (domain_id, product_id)") == [
        {"count": 101}
    ]
