"""The invented company of the volume benchmark: its lines are what any domain may hand over, and always the same."""

import hashlib

import pyarrow as pa
import pytest

from benchmarks.volume.company import DOMAINS, VIEWS, Company
from finops_assets import contract, source_lines
from finops_assets.domain import Mode
from finops_assets.money import to_units
from finops_assets.period import Period

COMPANY = Company(facts=10_000)
MONTH = Period(2024, 5)
DIRECT = [domain for domain in DOMAINS if domain.mode is Mode.DIRECT]


def stored(company, domain, month=MONTH, edition=0):
    return contract.canonical(contract.check(domain, month, company.lines(domain, month, edition)))


@pytest.mark.parametrize("domain", DOMAINS, ids=lambda domain: domain.domain_id)
def test_lines_pass_the_contract_and_come_in_the_order_they_are_stored(domain):
    checked = contract.check(domain, MONTH, COMPANY.lines(domain, MONTH))
    assert contract.canonical(checked).equals(pa.Table.from_pandas(checked, schema=contract.LINES))
    assert len(checked) == (COMPANY.line_count(domain) if domain.mode is Mode.DIRECT else len(COMPANY.applications))


def test_a_company_has_about_as_many_direct_facts_as_asked():
    assert sum(COMPANY.line_count(domain) for domain in DIRECT) == COMPANY.facts


@pytest.mark.parametrize("domain", [DOMAINS[0], DOMAINS[-1]], ids=lambda domain: domain.domain_id)
def test_the_same_seed_gives_the_same_lines_and_anything_else_gives_others(domain):
    def content(company, month=MONTH, edition=0):
        return contract.content_hash(stored(company, domain, month, edition))

    assert content(COMPANY) == content(Company(facts=10_000))
    others = [content(Company(facts=10_000, seed=8)), content(COMPANY, MONTH.shift(1)), content(COMPANY, edition=1)]
    assert len({content(COMPANY), *others}) == 4


def test_another_edition_of_a_month_changes_quantities_only():
    first, second = (COMPANY.lines(DOMAINS[0], MONTH, edition) for edition in (0, 1))
    keys = ["application_id", "product_id", "family_id"]
    assert first[keys].equals(second[keys])
    assert (first["quantity"] != second["quantity"]).mean() > 0.9


def test_a_month_has_most_lines_of_the_month_before():
    first, second = (COMPANY.lines(DOMAINS[0], month) for month in (MONTH, MONTH.shift(1)))
    kept = first.merge(second, on=["application_id", "product_id"], validate="one_to_one")
    assert 0.9 < len(kept) / len(first) < 1


def test_use_is_uneven():
    used = COMPANY.lines(DOMAINS[1], MONTH)["application_id"].value_counts()
    assert used.iloc[0] > 3 * used.median()


def test_source_lines_sum_to_the_lines():
    lines = COMPANY.lines(DOMAINS[0], MONTH)
    rows = source_lines.declared(COMPANY.source_lines(lines, "a.csv"))
    facts = stored(COMPANY, DOMAINS[0]).select(["application_id", "product_id", "quantity"])
    kept, others = source_lines.matched(rows, facts, ["a.csv"])
    assert (len(kept), others) == (len(lines), [])


def test_every_product_has_a_price_in_every_view_and_few_have_a_new_one_later():
    first, later = (COMPANY.prices(MONTH, is_first=is_first) for is_first in (True, False))
    products = sum(len(COMPANY.products(domain)) for domain in DIRECT) + len(DOMAINS) - len(DIRECT)
    assert len(first) == len(VIEWS) * products
    assert 0 < len(later) < len(first) / 5
    assert not first.duplicated(["pricing_view_id", "domain_id", "product_id"]).any()


def test_the_hash_of_more_lines_than_are_hashed_at_once_is_that_of_their_text():
    lines = stored(Company(facts=320_000), DOMAINS[0])
    columns = [lines[name].to_pylist() for name in ("application_id", "product_id", "family_id")]
    units = [to_units(quantity) for quantity in lines["quantity"].to_pylist()]
    texts = zip(*columns, map(str, units), lines["consumption_metric"].to_pylist(), strict=True)
    whole = "".join("\x1f".join(each) + "\n" for each in texts)
    assert len(lines) > 100_000
    assert contract.content_hash(lines) == hashlib.sha256(whole.encode()).digest()
