"""A Backstage of the repository's own, as ``npm run start`` runs it, beside a ``finops api`` that takes its users."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx2
from psycopg import sql

from finops_assets.postgres.connection import Mart, open_connection
from finops_assets.settings import CHECKOUT
from finops_assets_tests.http.test_server import free_port, serving

FOLDER = CHECKOUT / "ui" / "backstage"
ADMINS, VIEWERS, OWNERS = (f"group:default/{name}" for name in ("finops-admins", "controle-gestion", "paiements"))
# the first start transpiles everything
SECONDS = 300
COMPONENT = """
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: {name}
  annotations: {annotations}
spec: {{type: service, lifecycle: production, owner: paiements}}
"""


@dataclass(frozen=True)
class Portal:
    """Where the parts answer: the app, Backstage's backend and the API."""

    app: str
    backend: str
    api: str


@contextmanager
def opened(mart: Mart, server_url: str, folder: Path) -> Iterator[Portal]:
    """The app, its backend and the API on a mart, ready for users; the backend's databases are dropped at the end."""
    app, backend = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
    doors = {"FINOPS_BACKSTAGE_URL": backend, "FINOPS_API_ADMINS": ADMINS, "FINOPS_API_VIEWERS": VIEWERS}
    with serving(folder, folder / "api.log", FINOPS_DATABASE_URL=mart.url, **doors) as (api, _):
        portal, prefix = Portal(app, backend, api), f"backstage_{uuid4().hex[:8]}_"
        log = folder / "backstage.log"
        try:
            with started(portal, settings(portal, server_url, prefix, written(folder)), log):
                yield portal
        finally:
            drop(server_url, prefix)


def settings(portal: Portal, server_url: str, prefix: str, catalog: Path) -> dict[str, str]:
    """The environment of ``npm run start``."""
    locations = [{"type": "file", "target": str(file)} for file in (FOLDER / "examples" / "company.yaml", catalog)]
    configured = {
        "app_baseUrl": portal.app,
        "app_listen_port": port_of(portal.app),
        "backend_baseUrl": portal.backend,
        "backend_listen_port": port_of(portal.backend),
        "backend_cors_origin": portal.app,
        "backend_database_prefix": prefix,
        "catalog_locations": locations,
    }
    told = {f"APP_CONFIG_{name}": json.dumps(value) for name, value in configured.items()}
    place = {"FINOPS_API_URL": portal.api, "BACKSTAGE_DATABASE_URL": server_url}
    return os.environ | told | place | {"BROWSER": "none", "NODE_ENV": "development"}


def written(folder: Path) -> Path:
    """A catalog of two components: one whose application is known, and one that names none."""
    file = folder / "catalog.yaml"
    annotated = COMPONENT.format(name="billing", annotations="{finops-assets.io/application-id: billing}")
    file.write_text("---".join([annotated, COMPONENT.format(name="library", annotations="{}")]))
    return file


@contextmanager
def started(portal: Portal, environment: dict[str, str], log: Path) -> Iterator[None]:
    """The app and the backend, until the block ends."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["npm", "run", "start"], cwd=FOLDER, env=environment, stdout=output, stderr=output, start_new_session=True
        )
    try:
        deadline = time.monotonic() + SECONDS
        while not is_ready(portal):
            is_alive = process.poll() is None
            assert is_alive, log.read_text()[-4000:]
            assert time.monotonic() < deadline, log.read_text()[-4000:]
            time.sleep(0.5)
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(60)


def is_ready(portal: Portal) -> bool:
    """Whether the app is built, people can sign in and the catalog knows the components."""
    component = f"{portal.backend}/api/catalog/entities/by-name/component/default/library"
    try:
        httpx2.get(portal.app, timeout=60).raise_for_status()
        return answered(component, token_of(portal, "claire")) == 200
    except httpx2.HTTPError:
        return False


def token_of(portal: Portal, persona: str) -> str:
    """The token that Backstage gives a persona; HTTPError when it gives none."""
    answer = httpx2.get(f"{portal.backend}/api/auth/personas/refresh", headers={"X-Persona": persona}, timeout=30)
    return answer.raise_for_status().json()["backstageIdentity"]["token"]


def answered(address: str, token: str) -> int:
    """The status that a GET with a token is answered with."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx2.get(address, headers=headers, timeout=60).status_code


def drop(server_url: str, prefix: str) -> None:
    """Drop the databases that a backend made."""
    with open_connection(server_url) as connection:
        found = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix])
        for row in found.fetchall():
            name = sql.Identifier(row["datname"])
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


def port_of(address: str) -> int:
    """The port of an address."""
    return int(address.rpartition(":")[2])
