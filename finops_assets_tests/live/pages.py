"""What Dagster's pages ask and do over GraphQL, as the tests need it: backfills, months, events, ticks."""

from __future__ import annotations

from finops_assets.cli.faults.pages import REPOSITORY
from finops_assets.period import Period

DONE = ("COMPLETED_SUCCESS", "COMPLETED_FAILED", "FAILED", "CANCELED")
ENDED = ("SUCCESS", "FAILURE", "CANCELED")

_LAUNCH = """
mutation($params: LaunchBackfillParams!) {
  launchPartitionBackfill(backfillParams: $params) {
    __typename ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message }
  }
}
"""
_RUN = """
mutation($params: ExecutionParams!) {
  launchRun(executionParams: $params) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on RunConfigValidationInvalid { errors { message } }
  }
}
"""
_CANCEL = """
mutation($id: String!) { cancelPartitionBackfill(backfillId: $id) { __typename ... on PythonError { message } } }
"""
_BACKFILL = """
query($id: String!) {
  partitionBackfillOrError(backfillId: $id) {
    ... on PartitionBackfill {
      status numPartitions timestamp endTimestamp
      runs { runId status }
      assetBackfillData {
        assetBackfillStatuses {
          ... on AssetPartitionsStatusCounts {
            assetKey { path }
            targeted: numPartitionsTargeted
            under_way: numPartitionsInProgress
            materialized: numPartitionsMaterialized
            failed: numPartitionsFailed
          }
        }
      }
    }
  }
}
"""
_MONTHS = """
query($key: AssetKeyInput!) {
  assetNodeOrError(assetKey: $key) {
    __typename
    ... on AssetNode { assetPartitionStatuses { ... on TimePartitionStatuses { ranges { status startKey endKey } } } }
  }
}
"""
_MATERIALIZATIONS = """
query($key: AssetKeyInput!, $after: String) {
  assetOrError(assetKey: $key) {
    ... on Asset {
      assetMaterializations(afterTimestampMillis: $after, limit: 500) {
        timestamp runId partition metadataEntries { label ... on IntMetadataEntry { intValue } }
      }
    }
  }
}
"""
_RUNS = """
query($filter: RunsFilter, $limit: Int) {
  runsOrError(filter: $filter, limit: $limit) {
    ... on Runs { results { runId jobName status creationTime startTime endTime tags { key value } } }
  }
}
"""
_FAILURES = """
query($id: ID!) {
  logsForRun(runId: $id, limit: 1000) {
    ... on EventConnection {
      events {
        ... on ExecutionStepFailureEvent {
          stepKey
          failureMetadata { metadataEntries { label ... on TextMetadataEntry { text } } }
        }
      }
    }
  }
}
"""
_SCHEDULE = """
query($schedule: ScheduleSelector!, $after: Float, $limit: Int) {
  scheduleOrError(scheduleSelector: $schedule) {
    ... on Schedule {
      scheduleState { status ticks(limit: 5) { status timestamp runIds } }
      futureTicks(cursor: $after, limit: $limit) { results { timestamp } }
    }
  }
}
"""
_TICKS = """
query($sensor: SensorSelector!) {
  sensorOrError(sensorSelector: $sensor) {
    ... on Sensor { sensorState { ticks(limit: 50) { status timestamp skipReason runIds } } }
  }
}
"""
_DRY_RUN = """
mutation($schedule: ScheduleSelector!, $at: Float!) {
  scheduleDryRun(selectorData: $schedule, timestamp: $at) {
    __typename
    ... on DryRunInstigationTick {
      evaluationResult { runRequests { runKey assetSelection { path } } error { message } }
    }
  }
}
"""
_CHECK = """
query($key: AssetKeyInput!, $name: String!) {
  assetCheckExecutions(assetKey: $key, checkName: $name, limit: 5) {
    runId evaluation { success severity metadataEntries {
      label ... on TextMetadataEntry { text } ... on MarkdownMetadataEntry { mdStr }
    } }
  }
}
"""
_CURSOR = """
mutation($sensor: SensorSelector!, $cursor: String!) {
  setSensorCursor(sensorSelector: $sensor, cursor: $cursor) { __typename ... on PythonError { message } }
}
"""


def launch_backfill(pages, paths, months):
    """Launch a backfill of assets over months, as the dialog of the asset page does; returns its id."""
    params = {
        "assetSelection": [{"path": list(path)} for path in paths],
        "partitionNames": [str(month) for month in months],
        "fromFailure": False,
        "tags": [],
    }
    launched = pages.ask(_LAUNCH, params=params)["launchPartitionBackfill"]
    assert launched["__typename"] == "LaunchBackfillSuccess", launched
    return launched["backfillId"]


def launch(pages, paths, month, config):
    """Launch a run of assets over a month with a configuration, as the launchpad does; returns its id."""
    selector = {**REPOSITORY, "jobName": "month", "assetSelection": [{"path": list(path)} for path in paths]}
    tags = [{"key": "dagster/partition", "value": str(month)}]
    params = {"selector": selector, "runConfigData": config, "mode": "default", "executionMetadata": {"tags": tags}}
    launched = pages.ask(_RUN, params=params)["launchRun"]
    assert launched["__typename"] == "LaunchRunSuccess", launched
    return launched["run"]["runId"]


def cancel_backfill(pages, backfill_id):
    """Cancel a backfill, as the button on its page does."""
    answer = pages.ask(_CANCEL, id=backfill_id)["cancelPartitionBackfill"]
    assert answer["__typename"] == "CancelBackfillSuccess", answer


def backfill(pages, backfill_id):
    """A backfill as its page shows it: status, runs, and the counts of each asset by its name."""
    found = pages.ask(_BACKFILL, id=backfill_id)["partitionBackfillOrError"]
    counts = (found.pop("assetBackfillData") or {"assetBackfillStatuses": []})["assetBackfillStatuses"]
    return found | {"assets": {counted.pop("assetKey")["path"][-1]: counted for counted in counts}}


def months(pages, *path):
    """The status of each month of an asset that has one: MATERIALIZED, MATERIALIZING or FAILED; None: no such asset."""
    node = pages.ask(_MONTHS, key={"path": list(path)})["assetNodeOrError"]
    if node["__typename"] != "AssetNode":
        return None
    ranges = node["assetPartitionStatuses"]["ranges"]
    return {
        str(month): found["status"]
        for found in ranges
        for month in Period.parse(found["startKey"]).through(Period.parse(found["endKey"]))
    }


def materializations(pages, *path, after=0.0):
    """The materializations of an asset after an instant (seconds): timestamp in seconds, runId, partition, numbers."""
    asked = pages.ask(_MATERIALIZATIONS, key={"path": list(path)}, after=str(int(after * 1000)))
    found = asked["assetOrError"].get("assetMaterializations", [])
    return [
        one
        | {
            "timestamp": int(one["timestamp"]) / 1000,
            "numbers": {entry["label"]: entry.get("intValue") for entry in one["metadataEntries"]},
        }
        for one in found
    ]


def runs(pages, limit=200, **tags):
    """The last runs that carry tags (``sensor_name`` for dagster/sensor_name), newest first."""
    wanted = [{"key": f"dagster/{name}", "value": value} for name, value in tags.items()]
    found = pages.ask(_RUNS, filter={"tags": wanted}, limit=limit)["runsOrError"]["results"]
    return [run | {"tags": {tag["key"]: tag["value"] for tag in run["tags"]}} for run in found]


def failed_slices(pages, run_id):
    """What the failed step of a run names, and why."""
    events = pages.ask(_FAILURES, id=run_id)["logsForRun"]["events"]
    told = [event["failureMetadata"] for event in events if event.get("stepKey") == "consumption"]
    return {entry["label"]: entry.get("text") for data in told if data for entry in data["metadataEntries"]}


def schedule(pages, name, after=None, limit=1):
    """A schedule: its last ticks, and the instants (seconds) of the next ones after an instant."""
    selector = {**REPOSITORY, "scheduleName": name}
    found = pages.ask(_SCHEDULE, schedule=selector, after=after, limit=limit)["scheduleOrError"]
    return found["scheduleState"]["ticks"], [tick["timestamp"] for tick in found["futureTicks"]["results"]]


def ticks(pages, sensor):
    """The last ticks of a sensor, newest first: status, timestamp in seconds, skipReason, runIds."""
    return pages.ask(_TICKS, sensor={**REPOSITORY, "sensorName": sensor})["sensorOrError"]["sensorState"]["ticks"]


def would_run(pages, schedule, at):
    """The assets by name of each run that a schedule would ask for at an instant (seconds)."""
    selector = {**REPOSITORY, "scheduleName": schedule}
    tick = pages.ask(_DRY_RUN, schedule=selector, at=at)["scheduleDryRun"]["evaluationResult"]
    assert tick["error"] is None, tick
    return [{key["path"][-1] for key in request["assetSelection"]} for request in tick["runRequests"]]


def check(pages, name, *path, run_id):
    """What a run found when it evaluated a check of an asset: success, severity, and what it told, by label."""
    executions = pages.ask(_CHECK, key={"path": list(path)}, name=name)["assetCheckExecutions"]
    # what is only planned has no evaluation
    [found] = [one["evaluation"] for one in executions if one["runId"] == run_id and one["evaluation"]]
    return found | {
        "told": {entry["label"]: entry.get("text", entry.get("mdStr")) for entry in found["metadataEntries"]}
    }


def set_cursor(pages, sensor, cursor):
    """Set the cursor of a sensor, as its page does."""
    selector = {**REPOSITORY, "sensorName": sensor}
    answer = pages.ask(_CURSOR, sensor=selector, cursor=cursor)["setSensorCursor"]
    assert answer["__typename"] == "Sensor", answer
