"""What the live tests begin: two runs of the same slices, one run, one backfill, and domains that are turned on."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import Any

from finops_assets.period import Period
from finops_assets_tests.factories import write_csv
from finops_assets_tests.live import pages
from finops_assets_tests.live.company import ENABLED, FACT, Company, domain, held, waiting

# `make live`: three years in three runs and the machinery; else what a change has to pass
IS_WHOLE = os.environ.get("FINOPS_TEST_LIVE") == "whole"
# OPEN's file cannot be read; LICENCES has none
BROKEN = (1, 16, 30)
UNDELIVERED = 17
# months of the run of two, of the backfill, and where its first two runs are held
TWICE = (2, 3)
FILLED = (-7, 28) if IS_WHOLE else (15, 28)
HELD = (0, 11) if IS_WHOLE else (21, 28)
# a month that waits behind one of them
BEHIND = 12 if IS_WHOLE else 22
MONTHS_A_RUN = 12
# from where domains that are turned on are run
SINCE = 29
EVERY_DOMAIN = (*ENABLED, "WORKPLACE", "AUDIT")
TWINS = ("CLOUD", "LICENCES")

# CARE is spread by what SAAS became; nothing computes GHOST
ADD = """
INSERT INTO dim_domain (domain_id, domain_label, domain_mode, indirect_method_key, indirect_label, available_from,
                        is_enabled)
VALUES
  ('SAAS', 'Subscriptions', 'INDIRECT', 'external_coefficients', 'Users of each application', %s, TRUE),
  ('CARE', 'Care of them', 'INDIRECT', 'open_weight:SAAS', 'Subscriptions of each application', %s, TRUE),
  ('GHOST', 'Of nobody', 'DIRECT', NULL, NULL, %s, TRUE)
"""
SWITCH_ON = "UPDATE dim_domain SET is_enabled = TRUE, available_from = %s WHERE domain_id = %s"


@dataclass(frozen=True)
class HalfWay:
    """A backfill as it stood when both of its runs had to wait, and once it was cancelled."""

    backfill_id: str
    shown: dict[str, Any]
    months: dict[str, str]
    attempts: list[dict[str, Any]]
    seconds_to_cancel: float
    after: dict[str, Any]

    @property
    def finished(self) -> set[tuple[Period, str]]:
        """The slices that were published before it was cancelled."""
        return {(one["month"], one["domain_id"]) for one in self.attempts if one["outcome"] == "LOADED"}


@dataclass(frozen=True)
class Story:
    """What was begun: run ids, the half of a backfill and the backfill that takes it up, instants of switching on."""

    twins: list[str]
    run_id: str
    half: HalfWay
    resumed_id: str
    switched_on: dict[str, float]
    flipped: float
    changed: float
    delivered: dict[str, bytes]


def begin(company: Company) -> Story:
    """Break sources, turn domains on, and launch; the backfill is cancelled half way and launched again."""
    delivered = break_sources(company)
    switched_on = switch_on(company)
    with held(company, *((company.month(number), "CLOUD") for number in HELD)):
        twins = launch_twins(company)
        run_id = company.launch(ENABLED, first=company.month(1), last=company.month(1))
        half = cancel_half_way(company, launch_backfill(company))
    resumed_id = launch_backfill(company)
    return Story(twins, run_id, half, resumed_id, switched_on, *change_minds(company), delivered)


def break_sources(company: Company) -> dict[str, bytes]:
    """Spoil OPEN's file of three months and take LICENCES' of one; returns what they were, by path."""
    files = [f"open/{company.month(number)}.csv" for number in BROKEN]
    absent = f"licences/{company.month(UNDELIVERED)}.csv"
    delivered = {file: (company.sources / file).read_bytes() for file in (*files, absent)}
    for file in files:
        (company.sources / file).write_bytes(bytes(range(256)) * 8)
    (company.sources / absent).unlink()
    return delivered


def switch_on(company: Company) -> dict[str, float]:
    """Turn WORKPLACE on by SQL, AUDIT by the command, add domains by data alone; returns when, by domain.

    SPARE, a module, loses its row.
    """
    since = company.month(SINCE)
    users = [{"application_id": "annuaire", "coefficient": 1}, {"application_id": "panier", "coefficient": 3}]
    for month in company.months(SINCE, 30):
        write_csv(company.sources / "saas" / f"{month}.csv", users)
    at = {"SAAS": time.time()}
    company.ask(ADD, *[since.first_day] * 3)
    company.ask("DELETE FROM dim_domain WHERE domain_id = 'SPARE'")
    at["WORKPLACE"] = time.time()
    company.ask(SWITCH_ON, since.first_day, "WORKPLACE")
    at["AUDIT"] = time.time()
    company.finops("domain", "enable", "AUDIT", "--from", str(since))
    return at


def change_minds(company: Company) -> tuple[float, float]:
    """AUDIT off and on at once, another method for SAAS, WORKPLACE off; returns when the first two were.

    Each when it has been run once.
    """
    on = {"AUDIT", "SAAS", "CARE", "WORKPLACE"}
    months = company.months(SINCE, 30)
    company.until("what was turned on is there", lambda: all(on <= company.landed(month) for month in months), 240)
    flipped = time.time()
    company.ask("UPDATE dim_domain SET is_enabled = FALSE WHERE domain_id = 'AUDIT'")
    company.ask("UPDATE dim_domain SET is_enabled = TRUE WHERE domain_id = 'AUDIT'")
    changed = time.time()
    company.ask("UPDATE dim_domain SET indirect_method_key = 'even' WHERE domain_id = 'SAAS'")
    company.finops("domain", "disable", "WORKPLACE")
    return flipped, changed


def launch_twins(company: Company) -> list[str]:
    """Two runs of the same slices; they go on when both have come to the same one."""
    first, last = (company.month(number) for number in TWICE)
    with held(company, (first, "CLOUD")):
        twins = [company.launch(TWINS, first=first, last=last) for _ in range(2)]
        company.until("both runs wait for one slice", lambda: waiting(company) == 2, 90)
    return twins


def launch_backfill(company: Company) -> str:
    """The months of every domain, as one click does."""
    paths = [*map(domain, EVERY_DOMAIN), FACT]
    return pages.launch_backfill(company.pages, paths, company.months(*FILLED))


def cancel_half_way(company: Company, backfill_id: str) -> HalfWay:
    """Look at the backfill when as many of its runs as there are places wait, and cancel it."""
    company.until("two runs of the backfill wait", lambda: waiting(company) == 2, 150)
    shown = pages.backfill(company.pages, backfill_id)
    months = pages.months(company.pages, *FACT)
    attempts = company.attempts(*(run["runId"] for run in shown["runs"]))
    started = time.monotonic()
    pages.cancel_backfill(company.pages, backfill_id)
    after = company.until("the backfill is cancelled", lambda: ended(company, backfill_id), 120)
    return HalfWay(backfill_id, shown, months, attempts, time.monotonic() - started, after)


def ended(company: Company, backfill_id: str) -> dict[str, Any] | None:
    """A backfill when it is over."""
    found = pages.backfill(company.pages, backfill_id)
    return found if found["status"] in pages.DONE else None
