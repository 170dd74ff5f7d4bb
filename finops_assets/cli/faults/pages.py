"""Dagster's web server, asked over HTTP for what its pages ask: runs, sensors, statuses."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any

from finops_assets.errors import ServerError

ANSWER_SECONDS = 20
REPOSITORY = {"repositoryLocationName": "finops_assets", "repositoryName": "__repository__"}

_LAUNCH = """
mutation($params: ExecutionParams!) {
  launchRun(executionParams: $params) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on PythonError { message }
    ... on RunConfigValidationInvalid { errors { message } }
  }
}
"""
_STATUS = "query($id: ID!) { runOrError(runId: $id) { __typename ... on Run { status } } }"
_RUN_KEYS = """
query($filter: RunsFilter) { runsOrError(filter: $filter) { ... on Runs { results { runId tags { key value } } } } }
"""
_SENSOR = """
query($sensor: SensorSelector!) {
  sensorOrError(sensorSelector: $sensor) {
    __typename
    ... on Sensor { id sensorState { status ticks(limit: 5) { status timestamp } } }
  }
}
"""
_STOP = "mutation($id: String!) { stopSensor(id: $id) { __typename ... on PythonError { message } } }"
_START = """
mutation($sensor: SensorSelector!) {
  startSensor(sensorSelector: $sensor) { __typename ... on PythonError { message } }
}
"""


@dataclass(frozen=True)
class Pages:
    """The web server at an address; ServerError when it does not answer, or answers with an error."""

    address: str

    def launch(self, job: str, assets: Sequence[Sequence[str]] = (), tags: Mapping[str, str] | None = None) -> str:
        """Launch a run of a job, or of some of its assets; returns its id."""
        selector: dict[str, Any] = {**REPOSITORY, "jobName": job}
        if assets:
            selector["assetSelection"] = [{"path": list(path)} for path in assets]
        told = [{"key": key, "value": value} for key, value in (tags or {}).items()]
        params = {"selector": selector, "runConfigData": {}, "mode": "default", "executionMetadata": {"tags": told}}
        launched = self.ask(_LAUNCH, params=params)["launchRun"]
        if launched["__typename"] != "LaunchRunSuccess":
            raise ServerError(f"{job} was not launched: {launched}")
        return str(launched["run"]["runId"])

    def status(self, run_id: str) -> str:
        """The status of a run, as Dagster calls it."""
        return str(self.ask(_STATUS, id=run_id)["runOrError"].get("status", "NONE"))

    def run_keys(self, sensor: str) -> dict[str, str]:
        """The run key of each run that a sensor has asked for, by run id."""
        wanted = {"tags": [{"key": "dagster/sensor_name", "value": sensor}]}
        runs = self.ask(_RUN_KEYS, filter=wanted)["runsOrError"]["results"]
        tags = {run["runId"]: {tag["key"]: tag["value"] for tag in run["tags"]} for run in runs}
        return {run_id: held["dagster/run_key"] for run_id, held in tags.items()}

    def ticks(self, sensor: str) -> int:
        """How many of its last ticks a sensor has ended well."""
        state = self._sensor(sensor)["sensorState"]
        return sum(tick["status"] in ("SUCCESS", "SKIPPED") for tick in state["ticks"])

    def stop_sensor(self, sensor: str) -> None:
        """Switch a sensor off."""
        stopped = self.ask(_STOP, id=self._sensor(sensor)["id"])["stopSensor"]
        if stopped["__typename"] != "StopSensorMutationResult":
            raise ServerError(f"{sensor} was not switched off: {stopped}")

    def start_sensor(self, sensor: str) -> None:
        """Switch a sensor on."""
        started = self.ask(_START, sensor={**REPOSITORY, "sensorName": sensor})["startSensor"]
        if started["__typename"] != "Sensor":
            raise ServerError(f"{sensor} was not switched on: {started}")

    def _sensor(self, sensor: str) -> dict[str, Any]:
        found: dict[str, Any] = self.ask(_SENSOR, sensor={**REPOSITORY, "sensorName": sensor})["sensorOrError"]
        if found["__typename"] != "Sensor":
            raise ServerError(f"there is no sensor {sensor}")
        return found

    def ask(self, question: str, **variables: object) -> dict[str, Any]:
        """What the web server answers to a question in GraphQL."""
        body = json.dumps({"query": question, "variables": variables}).encode()
        asked = urllib.request.Request(f"{self.address}/graphql", body, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(asked, timeout=ANSWER_SECONDS) as answer:
                read = json.load(answer)
        except (OSError, HTTPException, ValueError) as error:
            raise ServerError(f"{self.address} does not answer: {error}") from error
        if read.get("errors"):
            raise ServerError(f"{self.address} answers with an error: {read['errors'][0]['message']}")
        data: dict[str, Any] = read["data"]
        return data
