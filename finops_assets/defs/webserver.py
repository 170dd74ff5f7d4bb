"""Dagster's own web server, behind the gate."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import dagster as dg
import uvicorn
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import WorkspaceFileTarget
from dagster_webserver.webserver import DagsterWebserver
from starlette.applications import Starlette

from finops_assets.gate import Gate

# a page that asks for much must not hold the storage for ever
STATEMENT_TIMEOUT_MS = 15_000
CONNECTION_RECYCLE_SECONDS = 3600


def serve(workspace: Path, host: str, port: int, hosts: Collection[str], *, read_only: bool) -> None:
    """Serve the pages of a workspace until interrupted; ``hosts`` are names it answers to besides loopback."""
    with dg.DagsterInstance.get() as instance:
        instance.optimize_for_webserver(STATEMENT_TIMEOUT_MS, CONNECTION_RECYCLE_SECONDS, 20)
        target = WorkspaceFileTarget([str(workspace)])
        with WorkspaceProcessContext(
            instance, version=dg.__version__, read_only=read_only, workspace_load_target=target
        ) as context:
            uvicorn.run(app_of(context, hosts), host=host, port=port, log_level="warning", server_header=False)


def app_of(context: WorkspaceProcessContext, hosts: Collection[str]) -> Starlette:
    """Dagster's application, the gate before everything else."""
    app: Starlette = DagsterWebserver(context).create_asgi_app()
    app.add_middleware(Gate, hosts=hosts)
    return app
