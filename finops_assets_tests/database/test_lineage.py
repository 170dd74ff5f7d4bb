"""From an amount of a DIRECT domain to price, fact, run, file and source lines: every part, and that they add up."""

from __future__ import annotations

import hashlib
import random
from decimal import Decimal
from fractions import Fraction
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from finops_assets.closing import adjustments
from finops_assets.closing.adjustments import LateData
from finops_assets.errors import MartRefused, NothingToExplain
from finops_assets.lineage import reading
from finops_assets.lineage.nodes import Decision, Line
from finops_assets.money import from_units
from finops_assets.postgres.connection import open_connection
from finops_assets.quarantine import decisions
from finops_assets.settings import Settings
from finops_assets_tests.database.explained import assert_adds_up, explained, lines_of
from finops_assets_tests.database.spread import focus_charge
from finops_assets_tests.factories import (
    JANUARY,
    ask,
    close,
    line,
    new_mart,
    price,
    price_view,
    publish,
    refresh,
    run,
    write_csv,
)


def usage(settings, *rows, name="2024-01.csv", **more):
    """A usage file of OPEN: application, product, quantity."""
    columns = ("application_id", "product_id", "quantity")
    written = [dict(zip(columns, row, strict=True)) | {"metric": "CPU"} | more for row in rows]
    return write_csv(settings.sources / "open" / name, written)


@pytest.fixture
def priced(mart, tmp_path):
    """OPEN's vm at 0.25 and everything else at 2, in EUR."""
    price_view(mart, tmp_path)
    price(mart, tmp_path, "0.25", "vm")
    price(mart, tmp_path, "2", "*")
    return mart


def test_an_amount_leads_to_run_files_and_lines(priced, settings):
    rows = [("billing", "vm", "4"), ("portal", "vm", "7")]
    first = usage(settings, *rows, name="2024-01-a.csv")
    second = usage(settings, ("billing", "vm", "6"), name="2024-01-b.csv", charge_class="CORRECTION")
    run_id = uuid4()
    run(priced, settings, run_id=run_id)
    told = explained(priced)
    [holding] = told.holdings
    [fact] = holding.facts
    assert (told.cost, told.view.currency, told.unpriced_count) == (Decimal("2.5"), "EUR", 0)
    assert (holding.slice.domain_id, holding.slice.version, holding.slice.run_id) == ("OPEN", 1, run_id)
    assert [(file.name, file.sha256, file.bytes, file.rows) for file in holding.slice.files] == [
        (f"open/{path.name}", hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_size, count)
        for path, count in ((first, 2), (second, 1))
    ]
    assert (fact.product_id, fact.quantity, fact.metric, fact.gap) == ("vm", 10, "CPU", None)
    assert fact.lines == (
        Line("open/2024-01-a.csv", 2, Decimal(4), Decimal(1)),
        Line("open/2024-01-b.csv", 2, Decimal(6), Decimal("1.5")),
    )


def test_a_price_is_told_with_its_revision(priced, settings, tmp_path):
    price(priced, tmp_path, "0.5", "vm")
    usage(settings, ("billing", "vm", "4"))
    run(priced, settings)
    [fact] = explained(priced).holdings[0].facts
    told = fact.price
    assert (told.unit_price, told.product_id, told.effective_from) == (Decimal("0.5"), "vm", JANUARY.first_day)
    assert (told.revision, told.source_name.endswith(".csv"), bool(told.published_by)) == (2, True, True)


def test_a_product_without_a_price_of_its_own_has_that_of_its_domain(priced, settings):
    usage(settings, ("billing", "disk", "4"))
    run(priced, settings)
    [fact] = explained(priced).holdings[0].facts
    assert (fact.price.product_id, fact.cost) == ("*", 8)


def test_a_price_carries_forward_and_tells_since_when(priced, settings):
    usage(settings, ("billing", "vm", "4"), name="2024-02.csv")
    run(priced, settings, month=JANUARY.next)
    [fact] = explained(priced, month=JANUARY.next).holdings[0].facts
    assert (fact.price.effective_from, fact.cost) == (JANUARY.first_day, 1)


def test_what_has_no_price_is_told_first_and_makes_the_total_incomplete(mart, tmp_path):
    price_view(mart, tmp_path)
    price(mart, tmp_path, "0.25", "vm")
    publish(mart, line(product_id="vm", quantity=4), line(product_id="new", quantity=5))
    told = explained(mart)
    assert [(fact.product_id, fact.cost) for fact in told.holdings[0].facts] == [("new", None), ("vm", Decimal(1))]
    assert (told.cost, told.unpriced_count) == (Decimal(1), 1)


def test_an_amount_without_any_price_is_none_and_not_zero(mart, tmp_path):
    price_view(mart, tmp_path)
    publish(mart, line())
    told = explained(mart)
    assert (told.cost, told.holdings[0].cost, told.unpriced_count) == (None, None, 1)


def test_every_published_view_has_its_own_tree(priced, tmp_path):
    price_view(priced, tmp_path, "yen", currency="JPY")
    price(priced, tmp_path, "40", "vm", pricing_view_id="yen")
    publish(priced, line(product_id="vm", quantity=3))
    told = explained(priced, view="yen")
    assert (told.cost, told.view.currency) == (120, "JPY")


def test_a_charge_is_in_its_product_and_in_the_difference_that_the_price_leaves(mart, settings, tmp_path):
    price_view(mart, tmp_path, focus_cost="BilledCost")
    costs = dict.fromkeys(("BilledCost", "EffectiveCost", "ListCost"), "0.67")
    charges = [focus_charge("portal", "50"), focus_charge("billing", "33.333") | costs]
    write_csv(settings.sources / "cloud" / "2024-01.csv", [charge | {"ListUnitPrice": "0.02"} for charge in charges])
    run(mart, settings, "CLOUD")
    told = explained(mart, domain_id="CLOUD")
    facts = {fact.product_id: fact for fact in told.holdings[0].facts}
    assert told.cost == Decimal("0.67")
    difference = facts["difference:BilledCost:Compute"]
    assert (facts["vm"].cost, difference.cost) == (Decimal("0.66666"), Decimal("0.00334"))
    for fact in (facts["vm"], difference):
        assert lines_of(fact) == [("cloud/2024-01.csv", 3, fact.quantity)]


def test_a_line_of_the_month_before_that_reaches_into_this_one_is_told_with_its_part(priced, settings):
    crossing = {"usage_start": "2024-01-31T12:00:00+01:00", "usage_end": "2024-02-01T12:00:00+01:00"}
    usage(settings, ("billing", "vm", "3"), **crossing)
    run(priced, settings)
    usage(settings, ("billing", "vm", "8"), name="2024-02.csv")
    run(priced, settings, month=JANUARY.next)
    [fact] = explained(priced, month=JANUARY.next).holdings[0].facts
    assert lines_of(fact) == [("open/2024-01.csv", 2, Decimal("1.5")), ("open/2024-02.csv", 2, Decimal(8))]


def test_a_version_without_kept_lines_says_so(priced):
    """As of slices that were published before source lines were kept."""
    publish(priced, line(product_id="vm"))
    with open_connection(priced.url) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("DELETE FROM finops.slice_lines")
    [fact] = explained(priced).holdings[0].facts
    assert (fact.lines, fact.gap, fact.cost) == ((), reading.BEFORE, Decimal("2.5"))


def test_a_quantity_of_a_modules_own_making_says_so(priced):
    publish(priced, line(product_id="vm"))
    [fact] = explained(priced).holdings[0].facts
    assert (fact.lines, fact.gap) == ((), reading.OWN_WAY)


# Which of them


@pytest.fixture
def two_domains(priced, settings, tmp_path):
    """billing in OPEN, two products, and in LICENCES, at 100."""
    usage(settings, ("billing", "vm", "4"), ("billing", "disk", "8"), ("portal", "vm", "4"))
    run(priced, settings)
    shares = [{"application_id": name, "coefficient": 1} for name in ("portal", "billing")]
    write_csv(settings.sources / "licences" / "2024-01.csv", shares)
    run(priced, settings, "LICENCES")
    price(priced, tmp_path, "100", "*", "LICENCES")
    return priced


def test_all_that_an_application_cost_is_told_largest_first_and_equals_the_marts(two_domains):
    refresh(two_domains)
    told = explained(two_domains)
    assert [(holding.slice.domain_id, holding.cost) for holding in told.holdings] == [("LICENCES", 50), ("OPEN", 17)]
    [mart] = ask(two_domains, "SELECT sum(cost) AS cost FROM mv_cost_app_month WHERE application_id = 'billing'")
    assert told.cost == mart["cost"] == 67


def test_one_domain_and_one_product_are_told_alone(two_domains):
    assert explained(two_domains, domain_id="OPEN").cost == 17
    told = explained(two_domains, domain_id="OPEN", product_id="disk")
    assert (told.cost, [fact.product_id for fact in told.holdings[0].facts]) == (16, ["disk"])


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"application": "nobody"}, "application 'nobody' is unknown: `finops report 2024-01 --by application`"),
        ({"domain_id": "NOPE"}, "domain 'NOPE' is unknown: there are AUDIT, CLOUD, LICENCES, OPEN, SUPPORT, WORKPLACE"),
        ({"domain_id": "CLOUD"}, "CLOUD has no slice in 2024-01: `finops status` says why"),
        ({"domain_id": "OPEN", "product_id": "nope"}, "'billing' has no line of product 'nope' in OPEN 2024-01"),
        ({"domain_id": "OPEN", "version": 7}, "OPEN 2024-01 has no version 7: the newest is 1"),
        ({"application": "UNALLOCATED", "domain_id": "OPEN"}, "application 'UNALLOCATED' has no line in OPEN 2024-01"),
        ({"domain_id": "LICENCES", "product_id": "vm"}, "LICENCES is INDIRECT: it has one amount per application"),
        ({"product_id": "vm"}, "product 'vm': name its domain too"),
        ({"month": JANUARY.next}, "application 'billing' has no line in 2024-02"),
    ],
)
def test_what_is_not_there_is_refused_with_what_is(two_domains, asked, why):
    with pytest.raises(NothingToExplain, match=why):
        explained(two_domains, **asked)


def test_an_unknown_view_is_refused_with_those_there_are(two_domains):
    with pytest.raises(MartRefused, match="pricing view 'nope' is unknown: there are internal"):
        explained(two_domains, view="nope")


def test_a_draft_is_not_explained(two_domains, tmp_path):
    with two_domains.connect("finops_admin") as connection:
        connection.execute(
            "INSERT INTO pricing_view (pricing_view_id, pricing_view_label, currency, kind, is_default, is_draft, "
            "based_on) VALUES ('idea', 'Idea', 'EUR', 'internal', FALSE, TRUE, 'internal')"
        )
    with pytest.raises(NothingToExplain, match="pricing view idea is a draft: explain the one it is based on"):
        explained(two_domains, view="idea")


# Versions


def test_a_replaced_version_is_told_as_it_was(priced, settings):
    usage(settings, ("billing", "vm", "4"))
    first = uuid4()
    run(priced, settings, run_id=first)
    usage(settings, ("portal", "vm", "1"), ("billing", "vm", "12"))
    run(priced, settings)
    before, now = (explained(priced, domain_id="OPEN", version=version) for version in (1, 2))
    assert (before.cost, now.cost) == (1, 3)
    slice_ = before.holdings[0].slice
    assert (slice_.version, slice_.newest_version, slice_.run_id) == (1, 2, first)
    assert lines_of(before.holdings[0].facts[0]) == [("open/2024-01.csv", 2, Decimal(4))]
    assert lines_of(now.holdings[0].facts[0]) == [("open/2024-01.csv", 3, Decimal(12))]
    assert before.holdings[0].slice.files[0].sha256 != now.holdings[0].slice.files[0].sha256


def test_an_application_that_left_is_told_of_the_version_that_had_it(priced, settings):
    usage(settings, ("billing", "vm", "4"))
    run(priced, settings)
    usage(settings, ("portal", "vm", "4"))
    run(priced, settings)
    assert explained(priced, domain_id="OPEN", version=1).cost == 1
    with pytest.raises(NothingToExplain, match="application 'billing' has no line in OPEN 2024-01"):
        explained(priced, domain_id="OPEN")


def test_the_same_content_again_keeps_run_file_and_lines(priced, settings):
    usage(settings, ("billing", "vm", "4"))
    run(priced, settings)
    before = explained(priced)
    usage(settings, ("billing", "vm", "1"), name="2024-01.csv")
    usage(settings, ("billing", "vm", "3"), name="2024-01-more.csv", charge_class="CORRECTION")
    assert run(priced, settings).published.outcome == "UNCHANGED"
    assert explained(priced) == before


def test_a_closed_month_says_by_whom_and_its_amounts_are_those_of_the_statement(two_domains):
    refresh(two_domains)
    before = explained(two_domains)
    assert before.closed is None
    close(two_domains, Settings.from_environment({}), person="ada")
    told = explained(two_domains)
    assert (told.closed.person, told.closed.act, told.holdings) == ("ada", "CLOSE", before.holdings)
    rows = ask(two_domains, "SELECT domain_id, cost FROM statement WHERE application_id = 'billing'")
    assert {row["domain_id"]: row["cost"] for row in rows} == {
        holding.slice.domain_id: holding.cost for holding in told.holdings
    }


def test_what_was_booked_for_an_earlier_month_is_told_and_is_no_part_of_the_amount(two_domains, settings):
    refresh(two_domains)
    close(two_domains, Settings.from_environment({}))
    usage(settings, ("billing", "vm", "4"), name="2024-02.csv")
    run(two_domains, settings, month=JANUARY.next)
    with two_domains.connect("finops_admin") as connection:
        for application in ("billing", "portal"):
            late = LateData(JANUARY, "OPEN", application, amounts={"internal": Decimal("12.5")})
            adjustments.book(connection, late, "ada", "a late meter")
    told = explained(two_domains, month=JANUARY.next)
    assert (told.cost, [line.amount for line in told.adjustments]) == (1, [Decimal("12.5")])
    assert explained(two_domains).adjustments == ()


# Quarantine


@pytest.mark.parametrize(("verb", "verdict", "quantity"), [("accept", "ACCEPT", 7), ("fix", "FIX", 12)])
def test_a_line_that_a_person_let_in_is_told_with_the_decision(priced, settings, verb, verdict, quantity):
    usage(settings, ("billing", "vm", "10"), ("billing", "disk", "1"), ("billing", "vm", "-3"), charge_class="")
    write_csv(
        settings.sources / "open" / "2024-01.csv",
        [
            {"application_id": "billing", "product_id": "vm", "quantity": quantity_, "metric": "CPU", "usage_start": on}
            | {"usage_end": on.replace("T00", "T12")}
            for quantity_, on in (("10", "2024-01-02T00:00:00Z"), ("-3", "2024-01-03T00:00:00Z"))
        ],
    )
    run(priced, settings)
    [waiting] = decided(priced, lambda connection: decisions.lines(connection))
    extra = ({"quantity": "2"},) if verb == "fix" else ()
    chosen = waiting.quarantine_id if verb == "fix" else [waiting.quarantine_id]
    act = getattr(decisions, verb)
    decided(priced, lambda connection: act(connection, chosen, *extra, person="ada", reason="agreed"))
    assert explained(priced).holdings[0].facts[0].decisions == ()
    run(priced, settings)
    told = explained(priced)
    [fact] = told.holdings[0].facts
    assert (fact.quantity, fact.decisions) == (
        quantity,
        (Decision(waiting.quarantine_id, verdict, "ada", "agreed"),),
    )
    assert [line.line for line in fact.lines] == [2, 3]


def decided(mart, act):
    with mart.connect("finops_admin") as connection:
        return act(connection)


# Any slice


@pytest.fixture(scope="module")
def any_mart(server_url, template, tmp_path_factory):
    folder = tmp_path_factory.mktemp("prices")
    (folder / "sources").mkdir()
    with new_mart(server_url, template) as mart:
        price_view(mart, folder)
        chance = random.Random(7)
        for product in range(6):
            price(mart, folder, f"{from_units(chance.randrange(10**18)):f}", f"p{product}")
        for domain in ("LICENCES", "SUPPORT"):
            price(mart, folder, f"{from_units(chance.randrange(10**24)):f}", "*", domain)
        yield mart, Settings.from_environment({"FINOPS_HOME": str(folder), "FINOPS_DATABASE_URL": mart.url})


@hypothesis_settings(max_examples=4, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 25))
def test_parts_add_up_exactly_at_every_level_of_any_tree(any_mart, seed, size):
    """Up to 25 applications, 8 products of which two have no price, several files and lines of each."""
    (mart, settings), chance = any_mart, random.Random(seed)
    names = [f"{chance.choice('aé_')}-{number}" for number in range(size)]
    expected: dict[str, Fraction] = {}
    for place in range(3):
        rows = [
            (name, f"p{product}", f"{from_units(chance.randrange(*SPANS[place])):f}")
            for name in names
            for product in sorted(chance.sample(range(8), 3))
        ]
        usage(settings, *rows, name=f"2024-01-{place}.csv", charge_class=("", "CREDIT", "CORRECTION")[place])
        for name, _, quantity in rows:
            expected[name] = expected.get(name, Fraction()) + Fraction(quantity)
    coefficients = [{"application_id": name, "coefficient": str(chance.randrange(10**6))} for name in names]
    write_csv(settings.sources / "licences" / "2024-01.csv", coefficients)
    for domain in ("OPEN", "LICENCES", "SUPPORT"):
        run(mart, settings, domain)
    refresh(mart)
    costs = {row["application_id"]: row["cost"] for row in ask(mart, COSTS)}
    for name in names:
        told = explained(mart, name)
        assert_adds_up(told)
        by_domain = {holding.slice.domain_id: holding for holding in told.holdings}
        assert by_domain["OPEN"].quantity == expected[name]
        assert all(fact.lines for fact in by_domain["OPEN"].facts)
        assert told.cost == costs[name]


# of each file; credits never exceed the use
SPANS = [(10**7, 10**24), (-(10**6), 1), (0, 10**12)]
COSTS = "SELECT application_id, sum(cost) AS cost FROM mv_cost_app_month GROUP BY application_id"
