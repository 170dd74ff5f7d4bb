"""The same as ``benchmarks.in_process`` on Dagster's multiprocess executor, and different in nothing else."""

from __future__ import annotations

import dagster as dg

from benchmarks import in_process

defs = in_process.bare(dg.multiprocess_executor)
