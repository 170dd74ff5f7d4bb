"""How many requests were answered, how, and how fast: counted by route, in every worker of the API."""

from __future__ import annotations

import os
from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Counter, Histogram, Metric
from prometheus_client.multiprocess import MultiProcessCollector

# where workers leave what they count for each other; prometheus-client looks it up by itself
SHARED = "PROMETHEUS_MULTIPROC_DIR"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Traffic:
    """The counters of one worker."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._answered = Counter(
            "finops_api_requests",
            "Requests that were answered, by route; status 0 of those that were aborted.",
            ["method", "route", "status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "finops_api_request_seconds",
            "How long answers took.",
            ["method", "route"],
            buckets=SECONDS,
            registry=self._registry,
        )

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request; its route is the template, never what was asked for, or the figures would have no end."""
        method = method if method in ("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE") else "other"
        self._answered.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def collect(self) -> Sequence[Metric]:
        """What was counted, by all workers where there are several."""
        if SHARED not in os.environ:
            return list(self._registry.collect())
        whole = CollectorRegistry()
        MultiProcessCollector(whole)  # type: ignore[no-untyped-call]
        return list(whole.collect())
