"""What the drivers of a weight are: from its method as it was then, and else from the domain's module."""

from __future__ import annotations

from collections.abc import Collection

from finops_assets.allocation.indirect import Composite, method_of
from finops_assets.domain import ActiveApplications, CoefficientFiles, Consumption, FixedShares, Source, SqlQuery
from finops_assets.domains import discover
from finops_assets.errors import DomainError

COEFFICIENTS = (CoefficientFiles, FixedShares, SqlQuery)


def driver_of(domain_id: str, method_key: str, used: Collection[str], component: str | None) -> Source | None:
    """Where the quantities of a driver come from; None when nothing says so.

    ``used`` are the domains the version was computed from, ``component`` the driver's name in a blend.
    """
    try:
        method = method_of(method_key)
    except DomainError:
        method = None
    if isinstance(method, Composite):
        return next((part.reads for part in method.parts if part.driver == component), None)
    module = discover().get(domain_id)
    offered: list[Source] = [method.reads] if method else []
    offered += module.domain.reads.values() if module else ()
    wanted = [source for source in offered if not used or isinstance(source, Consumption) and source.of in used]
    return wanted[0] if wanted else None


def name_of(source: Source | None) -> str:
    """What a driver is called in a tree."""
    match source:
        case Consumption(of=of, metric=metric):
            return f"{of}/{metric}" if metric else of
        case CoefficientFiles() | SqlQuery():
            return "coefficients"
        case FixedShares():
            return "agreed shares"
        case ActiveApplications():
            return "active applications"
        case _:
            return "the domain's own driver"
