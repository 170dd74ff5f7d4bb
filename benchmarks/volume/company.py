"""An invented company of any size: the same seed gives the same rows. Pure.

Use is uneven, as it is in life: a few applications use most products, and few quantities are large. A month has the
lines of the month before but for a few, all of them in other quantities.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

import numpy as np
import pandas as pd
import pyarrow as pa

from finops_assets.allocation import weights
from finops_assets.contract import LINES, QUANTITY
from finops_assets.domain import CoefficientFiles, Domain, Mode, UsageFiles
from finops_assets.period import Period
from finops_assets.source_lines import ROWS

VIEWS = ("list", "contracted", "internal")
OWNERS = 200
# a third of the lines are of one domain, as many of three as of the other eight
_DIRECT = {"OPEN": 0.32} | {f"DIRECT_{place:02d}": 0.085 for place in range(1, 9)}
_INDIRECT = ("SHARED_1", "SHARED_2", "SHARED_3")
# of every 26 (application, product) that use each other, 25 do so in a month
_KNOWN = 1.04


@dataclass(frozen=True)
class Company:
    """Applications, and domains whose lines of a month add up to about ``facts`` of DIRECT ones."""

    facts: int = 1_000_000
    seed: int = 7

    @property
    def applications(self) -> pa.Array:
        """Their ids, in byte order: 5 000 of a million facts."""
        return _named("app", max(self.facts // 200, 40))

    def products(self, domain: Domain) -> pa.Array:
        """The products of a DIRECT domain, in byte order; 2 000 in all of a million facts."""
        share = _DIRECT[domain.domain_id]
        return _named(f"{domain.domain_id.lower()}-product", max(int(2_000 * share), 20))

    def line_count(self, domain: Domain) -> int:
        """How many lines a DIRECT domain has in every month."""
        return int(self.facts * _DIRECT[domain.domain_id])

    def lines(self, domain: Domain, period: Period, edition: int = 0) -> pd.DataFrame:
        """What the domain hands over for a month, as the contract has it; another edition has other quantities."""
        if domain.mode is Mode.INDIRECT:
            return self._weights(domain, period, edition)
        applications, products = self.applications, self.products(domain)
        chosen = self._pairs(domain, period)
        application, product = np.divmod(chosen, len(products))
        family = _named(f"{domain.domain_id.lower()}-family", max(len(products) // 50, 1))
        digits = self._random("quantity", domain, period, edition).lognormal(9, 2, len(chosen))
        columns = {
            "application_id": applications.take(pa.array(application)),
            "product_id": products.take(pa.array(product)),
            "family_id": family.take(pa.array(product % len(family))),
            "quantity": _decimals(np.maximum(digits, 1).astype(np.int64) * 10**6),
            "consumption_metric": _repeated("hour", len(chosen)),
            "product_label": _labels("Product", products).take(pa.array(product)),
            "family_label": _labels("Family", family).take(pa.array(product % len(family))),
        }
        return _frame(columns)

    def source_lines(self, lines: pd.DataFrame, file: str) -> pd.DataFrame:
        """One line of a file for each line of a DIRECT domain."""
        size = len(lines)
        place = {"file": _repeated(file, size), "line": pa.array(np.arange(2, size + 2))}
        texts = {name: pa.array(lines[name]) for name in ("application_id", "product_id", "quantity")}
        return pa.table(texts | place, schema=ROWS).to_pandas(types_mapper=pd.ArrowDtype)

    def prices(self, period: Period, *, is_first: bool) -> pd.DataFrame:
        """Prices that take effect in a month: all in the first one, then one of twenty, and the amounts to spread."""
        return pd.concat([self._prices(domain, period, is_first=is_first) for domain in DOMAINS], ignore_index=True)

    def _prices(self, domain: Domain, period: Period, *, is_first: bool) -> pd.DataFrame:
        random = self._random("price", domain, period)
        indirect = domain.mode is Mode.INDIRECT
        products = ["*"] if indirect else self.products(domain).to_pylist()
        chosen = [one for one in products if indirect or is_first or random.random() < 0.05]
        size = len(chosen) * len(VIEWS)
        base = random.integers(10**7, 10**8, size) if indirect else random.integers(10, 10**6, size)
        prices = {
            "pricing_view_id": list(VIEWS) * len(chosen),
            "domain_id": [domain.domain_id] * size,
            "product_id": [one for one in chosen for _ in VIEWS],
            "effective_from": [period.first_day] * size,
            "unit_price": [Decimal(int(one)).scaleb(-2 if indirect else -4) for one in base],
        }
        return pd.DataFrame(prices, dtype=object)

    def _weights(self, domain: Domain, period: Period, edition: int) -> pd.DataFrame:
        applications = self.applications
        units = self._random("driver", domain, period, edition).integers(1, 10**6, len(applications)) * 10**9
        drivers = pa.table({"application_id": applications, "quantity": _decimals(units)})
        return weights(drivers.to_pandas(types_mapper=pd.ArrowDtype), "weight")

    def _pairs(self, domain: Domain, period: Period) -> np.ndarray:
        """Which products each application uses in a month: application × product count + product, ascending."""
        known, count = self._known_pairs(domain), self.line_count(domain)
        chosen = self._random("use", domain, period).permutation(len(known))[:count]
        return np.sort(known[chosen])

    def _known_pairs(self, domain: Domain) -> np.ndarray:
        size, products = len(self.applications), len(self.products(domain))
        random = self._random("known", domain)
        wanted = min(int(self.line_count(domain) * _KNOWN) + 1, size * products)
        used = np.bincount(random.choice(size, wanted, p=_uneven(random, size)), minlength=size)
        # what an application cannot use any more, for lack of products, others use
        while (excess := int(np.maximum(used - products, 0).sum())) > 0:
            used = np.minimum(used, products)
            used += np.bincount(random.choice(size, excess), minlength=size)
        place = np.arange(wanted) - np.repeat(np.cumsum(used) - used, used)
        start = np.repeat(random.integers(0, products, size), used)
        return np.repeat(np.arange(size), used) * products + (start + place) % products

    def _random(self, what: str, domain: Domain, period: Period | None = None, edition: int = 0) -> np.random.Generator:
        told = f"{self.seed} {what} {domain.domain_id} {period} {edition}"
        return np.random.default_rng(zlib.crc32(told.encode()))


def _domain(domain_id: str) -> Domain:
    direct = domain_id in _DIRECT
    return Domain(
        domain_id=domain_id,
        label=domain_id.replace("_", " ").capitalize(),
        mode=Mode.DIRECT if direct else Mode.INDIRECT,
        description="One row per application and product." if direct else "One row per application.",
        reads={"usage": UsageFiles()} if direct else {"coefficients": CoefficientFiles()},
        indirect_method_key=None if direct else "external_coefficients",
        indirect_label=None if direct else f"Shared costs of {domain_id.lower()}",
    )


DOMAINS = tuple(_domain(domain_id) for domain_id in (*_DIRECT, *_INDIRECT))


@cache
def _named(kind: str, count: int) -> pa.Array:
    return pa.array([f"{kind}-{place:05d}" for place in range(count)])


def _labels(kind: str, names: pa.Array) -> pa.Array:
    return pa.array([f"{kind} {name}" for name in names.to_pylist()])


def _repeated(text: str, size: int) -> pa.Array:
    return pa.repeat(pa.scalar(text), size)


def _uneven(random: np.random.Generator, size: int) -> np.ndarray:
    shares = 1 / np.sqrt(np.arange(1, size + 1))
    random.shuffle(shares)
    return shares / shares.sum()


def _decimals(units: np.ndarray) -> pa.Array:
    """Whole numbers of 1e-12 as decimals: two words each, the low one first."""
    words = np.stack([units, units >> 63], axis=1)
    return pa.Array.from_buffers(QUANTITY, len(units), [None, pa.py_buffer(np.ascontiguousarray(words))])


def _frame(columns: dict[str, pa.Array]) -> pd.DataFrame:
    return pa.table(columns, schema=pa.schema([LINES.field(name) for name in columns])).to_pandas(
        types_mapper=pd.ArrowDtype
    )
