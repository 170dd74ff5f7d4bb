"""What is asked: for each endpoint as many different requests as wanted, so that no answer is kept from before."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.api.served import SELECT_1
from benchmarks.volume.company import DOMAINS, VIEWS, Company
from benchmarks.volume.growing import month_of

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Question:
    """One request; a body makes it a POST."""

    path: str
    body: bytes = b""

    @property
    def bytes(self) -> bytes:
        """The request as it is sent."""
        head = f"{'POST' if self.body else 'GET'} {self.path} HTTP/1.1\r\nHost: {HOST}\r\n"
        if self.body:
            head += f"Content-Type: application/json\r\nContent-Length: {len(self.body)}\r\n"
        return head.encode() + b"\r\n" + self.body


Asked = Callable[[int, int], Question]


def endpoints(company: Company) -> dict[str, Asked]:
    """By name, the request of a number to a mart of so many months; the first is what the others are compared with."""
    names: list[str] = company.applications.to_pylist()
    return {
        "select 1": lambda number, months: Question(SELECT_1),
        "dashboard": lambda number, months: Question(f"/dashboard?{_figures(number, months)}"),
        "dashboard, asked again": lambda number, months: Question("/dashboard"),
        "domains": lambda number, months: Question(
            f"/domains?from={month_of(1 + number // 12 % months)}&to={month_of(months)}&pricingView={VIEWS[number % 3]}"
            f"&labels={('then', 'now')[number // 3 % 2]}&application={_one_of(names, number // 6)}"
        ),
        "domain": lambda number, months: Question(f"/domains/{_domain(number)}?{_figures(number, months)}"),
        "domain, asked again": lambda number, months: Question("/domains/OPEN"),
        "application, 12 months": lambda number, months: Question(
            f"/applications/{_one_of(names, number)}?from={month_of(months - 11)}&to={month_of(months)}"
        ),
        "rankings": lambda number, months: Question(f"/rankings?{_figures(number, months)}"),
        "history of a domain": lambda number, months: Question(
            f"/history?of=domain&id={_domain(number)}&pricingView={VIEWS[number // 12 % 3]}"
            f"&from={month_of(1 + number // 36 % months)}&to={month_of(months)}"
        ),
        "aggregate, 500 applications, 12 months": lambda number, months: _aggregate(names, number, months, 12),
        "aggregate, 500 applications, 36 months": lambda number, months: _aggregate(names, number, months, 36),
        "aggregate, 500 applications by month and domain, 36 months": lambda number, months: _aggregate(
            names, number, months, 36, ("month", "domain")
        ),
    }


def _months(number: int, months: int) -> str:
    # every month in every view, with labels of then and of now, and then with other numbers of lines
    view, month = VIEWS[number % 3], month_of(months - number // 3 % months)
    return f"month={month}&pricingView={view}&labels={('then', 'now')[number // (3 * months) % 2]}"


def _figures(number: int, months: int) -> str:
    return f"{_months(number, months)}&top={5 + number // (6 * months) % 40}"


def _domain(number: int) -> str:
    return DOMAINS[number % len(DOMAINS)].domain_id


def _one_of(names: list[str], number: int) -> str:
    return names[number * 7919 % len(names)]


def _aggregate(
    names: list[str], number: int, months: int, span: int, by: tuple[str, ...] = ("application",)
) -> Question:
    chosen = random.Random(number).sample(names, min(500, len(names)))
    asked = {
        "from": str(month_of(months - span + 1)),
        "to": str(month_of(months)),
        "groupBy": by,
        "filters": {"applications": chosen},
    }
    return Question("/aggregate", json.dumps(asked).encode())
