"""What is wrong with the lines of a price file, each named by its line: judged against what the mart knows."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from finops_assets.errors import Fault
from finops_assets.period import Period
from finops_assets.sources.prices import PRICE_KEYS

VIEW_ID = r"[a-z][a-z0-9_-]{0,39}"

Line = Mapping[str, Any]


@dataclass(frozen=True)
class Known:
    """What lines may cite: views with their currency, domains with their mode, and the products of domains.

    A domain without an entry in ``products`` takes any product.
    """

    currencies: Mapping[str, str]
    modes: Mapping[str, str]
    products: Mapping[str, Collection[str]]


def price_faults(file: str, prices: pd.DataFrame, known: Known) -> list[Fault]:
    """Every line whose view, domain, product, currency or sign the mart would not take."""
    return [fault for line in prices.to_dict("records") for fault in _faults_of_price(file, line, known)]


def late_faults(lines: Sequence[Line], closed: Mapping[int, date]) -> list[Fault]:
    """The lines (``file``, ``line``, ``effective_from``), by place, that would change a closed month."""
    faults = []
    for place, month in closed.items():
        line = lines[place]
        changed = Period.of(month)
        reason = f"would change {changed}, which is closed"
        remedy = "let it take effect after the last closed month, or reopen the month"
        written = str(Period.of(line["effective_from"]))
        faults.append(Fault(line["file"], reason, remedy, int(line["line"]), "effective_from", written))
    return faults


def overlap_faults(prices: pd.DataFrame) -> list[Fault]:
    """The lines of several files that price what a line of another file prices already."""
    keys = list(PRICE_KEYS)
    first: dict[tuple[Any, ...], Line] = {}
    faults = []
    for line in prices[prices.duplicated(keys, keep=False)].to_dict("records"):
        earlier = first.setdefault(tuple(line[key] for key in keys), line)
        if earlier is not line and earlier["file"] != line["file"]:
            reason = f"the same {', '.join(keys)} as {earlier['file']}, line {earlier['line']}"
            remedy = "keep one of the two lines: files of one folder have no order"
            faults.append(_fault(line["file"], line, "product_id", reason, remedy))
    return faults


def view_faults(file: str, views: pd.DataFrame, currencies: Mapping[str, str], drafts: Collection[str]) -> list[Fault]:
    """Every line of a file of views that the mart would not take; the file's own views count as known."""
    rows = views.to_dict("records")
    named = dict(currencies) | {row["pricing_view_id"]: row["currency"] for row in rows}
    drafted = {*drafts, *(row["pricing_view_id"] for row in rows if row["is_draft"] is True)}
    return [fault for row in rows for fault in _faults_of_view(file, row, named, currencies, drafted)]


def _faults_of_price(file: str, line: Line, known: Known) -> Iterator[Fault]:
    view, domain, product = line["pricing_view_id"], line["domain_id"], line["product_id"]
    for column, there in (("pricing_view_id", known.currencies), ("domain_id", known.modes)):
        if line[column] not in there:
            yield _fault(file, line, column, "is unknown", f"known are {', '.join(sorted(there)) or 'none'}")
    currency, mode = known.currencies.get(view), known.modes.get(domain)
    if currency and not pd.isna(line["currency"]) and line["currency"] != currency:
        reason = f"is not the currency of pricing view {view}, which is in {currency}"
        yield _fault(file, line, "currency", reason, "nothing is converted: use a view in that currency")
    if mode == "DIRECT" and line["unit_price"] < 0:
        yield _fault(file, line, "unit_price", "is negative", "only an INDIRECT amount may be")
    if mode == "INDIRECT" and product != "*":
        yield _fault(file, line, "product_id", "is no product of an INDIRECT domain", "write *")
    if mode == "DIRECT" and product != "*" and product not in known.products.get(domain, {product}):
        remedy = f"list it in {domain.lower()}/products.csv, run a month that uses it, or import with --allow-unknown"
        yield _fault(file, line, "product_id", f"is no product that {domain} knows", remedy)


def _faults_of_view(
    file: str, row: Line, named: Mapping[str, str], before: Mapping[str, str], drafts: Collection[str]
) -> Iterator[Fault]:
    view, currency, base = row["pricing_view_id"], row["currency"], row["based_on"]
    if not re.fullmatch(VIEW_ID, view, re.ASCII):
        remedy = "begin with a small letter; then small letters, digits, - and _, at most 40 in all"
        yield _fault(file, row, "pricing_view_id", "is no id of a pricing view", remedy)
    if before.get(view, currency) != currency:
        reason = f"pricing view {view} is in {before[view]}, and its pricing_view.currency is stable"
        yield _fault(file, row, "currency", reason, "nothing is converted: make a view of its own")
    if view in drafts and row["is_default"]:
        yield _fault(file, row, "is_default", "a draft is not the default view", "publish it first")
    if pd.isna(base):
        return
    if view not in drafts:
        yield _fault(
            file, row, "based_on", "only a draft is based on a view", "write true in is_draft, or leave it empty"
        )
    elif base not in named or base in drafts:
        there = ", ".join(sorted(set(named) - set(drafts))) or "none"
        yield _fault(file, row, "based_on", "is no published pricing view", f"published are {there}")
    elif named[base] != currency:
        reason = f"is in {named[base]}, and the draft in {currency}"
        yield _fault(file, row, "based_on", reason, "nothing is converted: give both one currency")


def _fault(file: str, line: Line, column: str, reason: str, remedy: str) -> Fault:
    return Fault(file, reason, remedy, int(line["line"]), column, str(line[column]))
