"""Asking the API, and adding up what it answers."""

from decimal import Decimal

from finops_assets.api.callers import Caller, Role

OWNER = Caller("wendy", ("user:default/wendy",), Role.OWNER, "test")


def got(api, path, **asked):
    answer = api.get(path, params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def exact(amount):
    return None if amount["amount"] is None else Decimal(amount["amount"])


def added(*amounts):
    return sum((exact(one) for one in amounts if one["amount"] is not None), Decimal(0))


def problem(api, status, path, **asked):
    answer = api.get(path, params=asked)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.json()["detail"]


def posted(api, body, path="/aggregate"):
    answer = api.post(path, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()
