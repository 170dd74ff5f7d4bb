"""``finops import``, ``finops product`` and ``finops application`` as a person types them."""

from __future__ import annotations

import csv
import io
import json

import pytest

from finops_assets_tests.factories import JANUARY, line, price, price_view, publish, refresh, run, write_csv

FEBRUARY, MARCH = JANUARY.next, JANUARY.shift(2)
ANN = ("--person", "ann", "--reason", "a test")


def product_list(settings, **labels):
    """OPEN's product list, product=label; underscores stand for hyphens."""
    described = {"family_id": "compute", "family_label": "Compute", "metric": "CPU"}
    rows = [
        {"product_id": name.replace("_", "-"), "product_label": label} | described for name, label in labels.items()
    ]
    write_csv(settings.sources / "open" / "products.csv", rows)


def usage(settings, month, *names):
    rows = [{"application_id": "billing", "product_id": name, "quantity": "2"} for name in names]
    write_csv(settings.sources / "open" / f"{month}.csv", rows)


def imported(finops, *words):
    code, out, _ = finops("import", *words, "--format", "json")
    assert code == 0
    return {row.pop("list"): row for row in json.loads(out)}


def listed(finops, *words):
    code, out, _ = finops("product", "list", *words, "--format", "json")
    assert code == 0
    return {row["product"]: row["state"] for row in json.loads(out)}


def shown(finops, *words):
    code, out, _ = finops(*words, "--format", "json")
    assert code == 0
    return json.loads(out)


def families(finops, month, *words):
    _, out, _ = finops("report", month, "--by", "family", *words, "--format", "json")
    return {row["family"]: row["cost"] for row in json.loads(out) if row["family"]}


@pytest.fixture
def priced(mart, tmp_path):
    price_view(mart, tmp_path)
    price(mart, tmp_path, "3", "*")


def test_import_tells_what_became_of_each_list(finops, settings):
    write_csv(
        settings.sources / "applications.csv",
        [{"application_id": "billing", "application_label": "Billing", "owner": "group:a"}],
    )
    product_list(settings, vm_small="Small VM", vm_old="Old VM")
    assert imported(finops) == {
        "applications": {"listed": 1, "new": 1, "changed": 0, "deactivated": 0, "returned": 0},
        "OPEN": {"listed": 2, "new": 2, "changed": 0, "deactivated": 0, "returned": 0},
    }
    product_list(settings, vm_small="Tiny VM")
    assert imported(finops, "--domain", "OPEN") == {
        "OPEN": {"listed": 1, "new": 0, "changed": 1, "deactivated": 1, "returned": 0}
    }
    code, _, err = finops("import", "--domain", "CLOUD")
    assert (code, "CLOUD takes no product list: OPEN does" in err) == (1, True)


def test_import_publishes_prices_and_prices_what_stands(finops, settings, mart):
    publish(mart, line())
    view = {"pricing_view_id": "internal", "pricing_view_label": "Internal", "currency": "EUR", "kind": "internal"}
    write_csv(settings.sources / "prices" / "views.csv", [view | {"is_default": "true"}])
    tariff = {"pricing_view_id": "internal", "domain_id": "OPEN", "product_id": "*", "effective_from": "2024-01"}
    write_csv(settings.sources / "prices" / "tariff.csv", [tariff | {"unit_price": "2"}])
    code, _, err = finops("import")
    assert (code, "2 price files, of whose rows 2 are new" in err) == (0, True)
    _, out, _ = finops("report", "2024-01", "--format", "csv")
    assert "OPEN,Open platform,20.00,EUR,1,0" in out


def test_refused_list_is_told_by_line_and_changes_nothing(finops, settings):
    product_list(settings, vm_small="")
    code, _, err = finops("import")
    assert (code, "products.csv, line 2, column product_label" in err) == (1, True)
    assert listed(finops) == {}


def test_whole_life_of_a_product(finops, settings, mart, priced):
    """Listed, used, moved and relabelled, decommissioned, its late lines quarantined, released, back in service."""
    product_list(settings, vm_small="Small VM", vm_old="Old VM")
    imported(finops)
    usage(settings, JANUARY, "vm-small", "vm-old")
    run(mart, settings)
    moved = ("product", "move", "OPEN", "vm-old", "machines", "--family-label", "Machines", "--from", "2024-02", *ANN)
    assert finops(*moved)[0] == 0
    assert finops("product", "relabel", "OPEN", "vm-old", "Retro VM", "--from", "2024-02", *ANN)[0] == 0
    for month in (FEBRUARY, MARCH):
        usage(settings, month, "vm-small", "vm-old")
        run(mart, settings, month=month)
    ended = finops("product", "decommission", "OPEN", "vm-old", "--on", "2024-02-20", *ANN)
    assert "published with lines of it: 2024-03" in ended[2]
    # the list names it still, and does not bring it back
    assert imported(finops)["OPEN"]["returned"] == 0
    assert listed(finops) == {"vm-old": "decommissioned", "vm-small": "active"}
    assert run(mart, settings, month=MARCH).quarantined == 1
    refresh(mart)

    life = shown(finops, "product", "show", "OPEN", "vm-old")
    assert [(row["month"], row["quantity"], row["cost"]) for row in life["months"]] == [
        ("2024-01", "2.00", "6.00"),
        ("2024-02", "2.00", "6.00"),
    ]
    assert [(row["label_then"], row["family_then"]) for row in life["months"]] == [
        ("Old VM", "compute"),
        ("Retro VM", "machines"),
    ]
    assert {(row["label_now"], row["family_now"]) for row in life["months"]} == {("Retro VM", "machines")}
    assert life["cited_by"] == ["2 facts (2024-01 to 2024-02)", "1 replaced line (2024-03)"]
    by_ann = [one for one in life["acts"] if one["person"] == "ann"]
    assert [sorted(one["changes"]) for one in by_ann] == [
        ["decommissioned_at", "held_by", "is_active"],
        ["product_label"],
        ["described_by", "described_in", "family_id"],
    ]
    assert families(finops, "2024-01") == {"compute": "12.00"}
    assert families(finops, "2024-01", "--labels", "now") == {"compute": "6.00", "machines": "6.00"}
    assert families(finops, "2024-02") == {"compute": "6.00", "machines": "6.00"}

    assert finops("product", "release", "OPEN", "vm-old", *ANN)[0] == 0
    assert imported(finops)["OPEN"] == {"listed": 2, "new": 0, "changed": 0, "deactivated": 0, "returned": 1}
    now = shown(finops, "product", "show", "OPEN", "vm-old")["now"]
    assert (now["state"], now["label"], now["family"], now["held_by"]) == ("active", "Old VM", "compute", None)
    assert run(mart, settings, month=MARCH).quarantined == 0


def test_product_that_facts_cite_is_not_deleted_and_one_inferred_by_mistake_is(finops, mart):
    publish(mart, line(), line(product_id="vm-smal", product_label=None))
    code, _, err = finops("product", "delete", "OPEN", "vm-smal", *ANN)
    assert (code, "OPEN/vm-smal is never deleted: 1 fact (2024-01) cite it; deactivate it instead" in err) == (1, True)
    with mart.connect("finops_admin") as connection:
        connection.execute(
            "INSERT INTO dim_product "
            "(domain_id, product_id, product_label, family_id, consumption_metric, is_inferred) "
            "VALUES ('OPEN', 'vm-smol', 'vm-smol', 'compute', 'CPU', TRUE)"
        )
    assert listed(finops, "--state", "unmapped") == {"vm-smal": "unmapped", "vm-smol": "unmapped"}
    assert finops("product", "delete", "OPEN", "vm-smol", *ANN)[0] == 0
    assert listed(finops) == {"vm-smal": "unmapped", "vm-small": "active"}


def test_products_are_listed_page_by_page_and_the_sums_are_of_all(finops, mart):
    publish(mart, *[line(product_id=f"vm[{place}]") for place in range(3)])
    finops("product", "deactivate", "OPEN", "vm[1]", *ANN)
    code, out, err = finops("product", "list", "--domain", "OPEN", "--limit", "2", "--format", "csv")
    assert [(row["product"], row["state"]) for row in csv.DictReader(io.StringIO(out))] == [
        ("vm[0]", "active"),
        ("vm[1]", "inactive"),
    ]
    assert (code, err) == (
        0,
        "3 products: 2 active, 1 inactive, 0 decommissioned, 0 unmapped\nmore follow: --after OPEN/vm[1]\n",
    )
    assert listed(finops, "--after", "OPEN/vm[1]") == {"vm[2]": "active"}
    assert finops("product", "list", "--after", "nonsense")[0] == 2


def test_whole_life_of_an_application(finops, settings, mart, priced):
    def deliver(**labels):
        rows = [
            {"application_id": name, "application_label": label, "owner": "group:a"} for name, label in labels.items()
        ]
        write_csv(settings.sources / "applications.csv", rows)
        return imported(finops)["applications"]

    deliver(billing="Billing", portal="Portal")
    publish(mart, line())
    refresh(mart)
    assert finops("application", "own", "billing", "group:finance", *ANN)[0] == 0
    assert finops("application", "relabel", "billing", "Invoices", *ANN)[0] == 0
    assert finops("application", "deactivate", "billing", *ANN)[0] == 0
    assert deliver(billing="Other", portal="Portal 2") == {
        "listed": 2,
        "new": 0,
        "changed": 1,
        "deactivated": 0,
        "returned": 0,
    }
    life = shown(finops, "application", "show", "billing")
    assert life["now"] == {
        "application": "billing",
        "label": "Invoices",
        "owner": "group:finance",
        "state": "inactive",
        "held_by": "ann",
        "described_by": "ann",
    }
    assert [(row["month"], row["domain"], row["cost"]) for row in life["months"]] == [("2024-01", "OPEN", "30.00")]
    code, _, err = finops("application", "delete", "billing", *ANN)
    assert (code, "1 fact (2024-01) cite it" in err) == (1, True)
    assert finops("application", "release", "billing", *ANN)[0] == 0
    assert deliver(billing="Other", portal="Portal 2")["returned"] == 1
    assert finops("application", "activate", "portal", *ANN)[0] == 0
    assert deliver(billing="Other")["deactivated"] == 0
    _, out, _ = finops("application", "list", "--state", "active", "--format", "json")
    assert [(row["application"], row["label"]) for row in json.loads(out)] == [
        ("UNALLOCATED", "Unallocated: an amount whose basis is zero"),
        ("UNASSIGNED", "Unassigned: consumption whose source names no application"),
        ("billing", "Other"),
        ("portal", "Portal 2"),
    ]


def test_lives_are_drawn_for_people(finops, mart, priced):
    publish(mart, line())
    code, out, err = finops("product", "show", "OPEN", "vm-small")
    assert (code, "Month by month" in out, err) == (0, True, "cited by 1 fact (2024-01): it is never deleted\n")
    _, out, _ = finops("application", "list")
    assert "billing" in out


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["product", "show", "OPEN", "nope"], 1, "there is no product OPEN/nope"),
        (["product", "activate", "NOPE", "nope"], 1, "there is no product NOPE/nope"),
        (["product", "decommission", "OPEN", "p", "--on", "tomorrow", "--reason", "x"], 2, "'tomorrow' is not a day"),
        (["product", "decommission", "OPEN", "p"], 2, "--reason"),
        (["product", "move", "OPEN", "nope", "f"], 1, "there is no product OPEN/nope"),
        (["application", "deactivate", "UNALLOCATED"], 1, "UNALLOCATED is reserved"),
        (["application", "show", "nope"], 1, "there is no application 'nope'"),
        (["product", "activate", "OPEN", "p", "--person", " "], 2, "say who acts"),
    ],
)
def test_what_cannot_be_is_told(finops, words, code, told):
    ended, _, err = finops(*words)
    assert ended == code
    assert told in err


def test_a_family_to_move_to_that_is_not_there_is_told(finops, mart, priced):
    publish(mart, line())
    code, _, err = finops("product", "move", "OPEN", "vm-small", "f", "--from", "2024-02", *ANN)
    assert (code, err) == (1, "finops: OPEN has no family 'f': give a label to make one\n")
