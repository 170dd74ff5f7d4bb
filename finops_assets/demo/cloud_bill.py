"""The bill of a fictional cloud provider, as the FOCUS export it would deliver each month."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from random import Random
from typing import NamedTuple

from finops_assets.demo.company import Application, applications
from finops_assets.demo.files import Table, fixed, plain, shifted
from finops_assets.demo.story import EMPTY_BILL, MONTHS, season
from finops_assets.period import Period

_HEADER = (
    *("BilledCost", "BillingCurrency", "BillingPeriodEnd", "BillingPeriodStart", "ChargeCategory", "ChargeClass"),
    *("ChargeDescription", "ChargePeriodEnd", "ChargePeriodStart", "ContractedCost", "ContractedUnitPrice"),
    *("EffectiveCost", "ListCost", "ListUnitPrice", "PricingQuantity", "PricingUnit", "ProviderName"),
    *("ServiceName", "SkuId", "SkuPriceId", "Tags", "x_CostCentre"),
)
_CUSTOMERS = 36
_UNTAGGED_ONE_IN = 20
_UNUSED_ONE_IN = 15
_COST_DECIMALS = 10
# six decimals of these; three of the others, so that most costs are exactly quantity × unit price
_METERED_FINELY = ("GB-Months",)
_ENVIRONMENTS = ("production", "production", "recette", "développement")


class _Sku(NamedTuple):
    """What the provider sells: list price in millionths of a euro, usual quantity of an application of weight 100."""

    sku_id: str
    description: str
    service: str
    unit: str
    price: int
    usual: int
    committed: bool = False


_SKUS = (
    _Sku("NP-1101", "Instance générale 2 vCPU", "Calcul élastique", "Hours", 96_400, 1_460),
    _Sku("NP-1102", "Instance générale 8 vCPU", "Calcul élastique", "Hours", 385_600, 410),
    _Sku("NP-1103", "Instance générale 8 vCPU (Committed, 1 an)", "Calcul élastique", "Hours", 385_600, 730, True),
    _Sku("NP-1104", "Instance GPU", "Calcul élastique", "Hours", 2_734_150, 38),
    _Sku("NP-2101", "Objets, accès fréquent", "Stockage objet", "GB-Months", 23_177, 18_000),
    _Sku("NP-2102", "Objets, archivage à froid", "Stockage objet", "GB-Months", 4_133, 46_000),
    _Sku("NP-2103", "Requêtes sur les objets", "Stockage objet", "10000 Requests", 4_307, 5_200),
    _Sku("NP-3101", "Base relationnelle, nœud moyen", "Bases de données gérées", "Hours", 214_730, 730),
    _Sku("NP-3102", "Base relationnelle (Committed, 3 ans)", "Bases de données gérées", "Hours", 214_730, 730, True),
    _Sku("NP-3103", "Stockage des bases", "Bases de données gérées", "GB-Months", 126_513, 1_300),
    _Sku("NP-4101", "Trafic sortant vers Internet", "Réseau et diffusion", "GB", 83_219, 2_700),
    _Sku("NP-4102", "Répartiteur de charge géré", "Réseau et diffusion", "Hours", 27_191, 1_460),
    _Sku("NP-5101", "Exécution de fonctions", "Fonctions et messages", "GB-Seconds", 17, 9_400_000),
    _Sku("NP-5102", "Messages acheminés", "Fonctions et messages", "1000000 Messages", 412_087, 190),
)


def bill_tables(first: Period) -> Iterator[Table]:
    """One FOCUS export a month, one row per charge; one month's holds its header only."""
    for month in range(MONTHS):
        period = first.shift(month)
        charges = [] if month == EMPTY_BILL else [*_charges(period, month), _credit(period)]
        rows = [[charge.get(name, "") for name in _HEADER] for charge in charges]
        yield Table(f"cloud/{period}-focus.csv", _HEADER, rows)


def _charges(period: Period, month: int) -> Iterator[dict[str, str]]:
    random = Random(f"bill of {period}")
    for application in _customers():
        for sku in _bought(application):
            if random.randint(1, _UNUSED_ONE_IN) == 1:
                continue
            # a bill grows faster than its customers do
            thousandths = season(period.month) * (1000 + 12 * month) * random.randint(850, 1150)
            millionths = sku.usual * application.size_in(month) * thousandths // 10**8
            quantity = millionths if sku.unit in _METERED_FINELY else millionths // 1000 * 1000
            yield {
                **_everywhere(period, random.randint(1, 27)),
                **_priced(sku, quantity),
                **_labelled(application, random),
            }


@cache
def _customers() -> tuple[Application, ...]:
    """The applications that use the provider, all of them living throughout."""
    return tuple(Random("customers").sample([one for one in applications() if one.lives_throughout], _CUSTOMERS))


@cache
def _bought(application: Application) -> tuple[_Sku, ...]:
    random = Random(f"bought by {application.application_id}")
    return tuple(random.sample(_SKUS, random.randint(4, 7)))


def _everywhere(period: Period, day: int) -> dict[str, str]:
    """What any charge of the month says, in UTC."""
    return {
        "BillingCurrency": "EUR",
        "BillingPeriodStart": f"{period}-01T00:00:00Z",
        "BillingPeriodEnd": f"{period.next}-01T00:00:00Z",
        "ChargePeriodStart": f"{period}-{day:02d}T00:00:00Z",
        "ChargePeriodEnd": f"{period}-{day + 1:02d}T00:00:00Z",
        "ProviderName": "Nuage Public SA",
    }


def _priced(sku: _Sku, quantity: int) -> dict[str, str]:
    """The product and its four costs; the quantity is in millionths, contracts take a tenth off the list price."""
    contracted = shifted(quantity * sku.price * 9, 13 - _COST_DECIMALS)
    effective = shifted(contracted * 72, 2) if sku.committed else contracted
    return {
        "ChargeCategory": "Usage",
        "ChargeDescription": sku.description,
        "ServiceName": sku.service,
        "SkuId": sku.sku_id,
        "SkuPriceId": f"{sku.sku_id}-EUR",
        "PricingQuantity": plain(quantity, 6),
        "PricingUnit": sku.unit,
        "ListUnitPrice": plain(sku.price, 6),
        "ContractedUnitPrice": plain(sku.price * 9, 7),
        "ListCost": fixed(shifted(quantity * sku.price, 12 - _COST_DECIMALS), _COST_DECIMALS),
        "ContractedCost": fixed(contracted, _COST_DECIMALS),
        "BilledCost": fixed(contracted, _COST_DECIMALS),
        "EffectiveCost": fixed(effective, _COST_DECIMALS),
    }


def _labelled(application: Application, random: Random) -> dict[str, str]:
    """The tags, which one charge in twenty lacks, and the owner's cost centre."""
    tags = {"application": application.application_id, "environment": random.choice(_ENVIRONMENTS)}
    tagged = random.randint(1, _UNTAGGED_ONE_IN) > 1
    written = json.dumps(tags, ensure_ascii=False) if tagged else ""
    return {"Tags": written, "x_CostCentre": f"CC-{application.owner.rpartition('/')[2]}"}


def _credit(period: Period) -> dict[str, str]:
    """A commercial credit that names no product, no quantity and no application."""
    amount = fixed(-Random(f"credit of {period}").randint(80_000, 260_000), 2)
    costs = dict.fromkeys(("BilledCost", "ContractedCost", "EffectiveCost", "ListCost"), amount)
    named = {"ChargeCategory": "Credit", "ChargeDescription": "Avoir commercial", "ServiceName": _SKUS[0].service}
    return {**_everywhere(period, 27), **named, **costs, "PricingQuantity": "0"}
