"""The application: routes, problems, and what is documented of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from fastapi.routing import APIRoute

from finops_assets.api import edge, problems
from finops_assets.api.description import Described
from finops_assets.api.kept import kept_answers, kept_reads
from finops_assets.api.place import Place
from finops_assets.api.routes import (
    acts,
    application_acts,
    applications,
    callers,
    dashboard,
    documentation,
    domain_acts,
    domains,
    exports,
    groupings,
    health,
    lineage,
    metrics,
    month_acts,
    months,
    pages,
    pricing_views,
    product_acts,
    products,
    quarantine,
    versions,
)

DESCRIPTION = """Who consumed what, in which month, at which price, to the last digit.

Amounts are decimal strings with all their digits. `null` is not zero: nothing of it has a price, or there is nothing,
and `states` says why. Every answer is read in one snapshot and carries an `ETag`; problems are RFC 9457."""

ROUTES = (
    health,
    metrics,
    documentation,
    pages,
    callers,
    dashboard,
    domains,
    domain_acts,
    pricing_views,
    products,
    product_acts,
    application_acts,
    months,
    month_acts,
    lineage,
    quarantine,
    versions,
    acts,
    applications,
    groupings,
    exports,
)


def create_app(place: Place) -> FastAPI:
    """The application on a mart; its pool is opened when it starts and closed when it stops."""
    app = Described(
        title="finops-assets",
        version=version("finops-assets"),
        description=DESCRIPTION,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        lifespan=_lifespan,
        generate_unique_id_function=_operation_id,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        responses=problems.answers(401, 403, 413, 422, 503),
    )
    app.state.place = place
    app.state.kept_answers, app.state.kept_reads = kept_answers(), kept_reads()
    problems.add_to(app)
    edge.add_to(app, place.hosts)
    for routes in ROUTES:
        app.include_router(routes.router)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    pool = app.state.place.pool
    pool.open()
    try:
        yield
    finally:
        pool.close()


def _operation_id(route: APIRoute) -> str:
    """Names in generated clients: the function's own."""
    first, *others = route.name.split("_")
    return first + "".join(word.capitalize() for word in others)
