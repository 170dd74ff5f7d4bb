"""Writers, readers, deletions and refreshes at once, and writers that are killed."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import count
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from finops_assets import pricing, verify
from finops_assets.catalog import referential
from finops_assets.contract import frame
from finops_assets.domains import discover
from finops_assets.errors import MartRefused
from finops_assets.period import Period
from finops_assets.postgres.connection import Mart
from finops_assets.provider_bill import PRICES
from finops_assets_tests.factories import (
    JANUARY,
    ask,
    line,
    new_mart,
    price,
    price_view,
    publish,
    refresh,
    weight,
    write_csv,
)

CHECKOUT = Path(__file__).resolve().parents[2]
TOTAL = "SELECT count(*) AS lines, sum(quantity) AS total, count(DISTINCT run_id) AS runs FROM fact_consumption"


def content(size: int, quantity: int) -> list[dict]:
    return [line(application_id=f"app-{place:03}", quantity=Decimal(quantity)) for place in range(size)]


def at_once(*tasks: Callable[[], object]) -> list[Future]:
    """Start the tasks on one signal and wait for all of them."""
    barrier = threading.Barrier(len(tasks))

    def start(task: Callable[[], object]) -> object:
        barrier.wait(10)
        return task()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return [pool.submit(start, task) for task in tasks]


def assert_sound(mart: Mart) -> None:
    with mart.connect("finops_batch") as connection:
        assert [(result.name, result.rows) for result in verify.run_checks(connection) if not result.passed] == []


@contextmanager
def held(mart: Mart, statement: str):
    """A transaction of the superuser that has executed a statement and ends with the block."""
    with mart.connect("") as connection, connection.transaction():
        connection.execute(statement)
        yield connection


def wait_for_a_lock(mart: Mart, waiting: int = 1) -> None:
    """Return once so many sessions of this database wait for a lock."""
    waiters = (
        "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) "
        "WHERE NOT granted AND datname = current_database()"
    )
    deadline = time.monotonic() + 10
    while ask(mart, waiters)[0]["count"] < waiting:
        assert time.monotonic() < deadline, "nobody waits"
        time.sleep(0.01)


# Writers


def test_two_writers_of_one_slice_never_double_it(mart):
    numbers = count(1)
    for rounds in range(1, 16):
        offered = [content(20, next(numbers)), content(30, next(numbers))]
        done = at_once(*[partial(publish, mart, *rows) for rows in offered])
        assert sorted(future.result().version for future in done) == [2 * rounds - 1, 2 * rounds]

        [stored] = ask(mart, TOTAL)
        last = max((future.result() for future in done), key=lambda published: published.version)
        assert (stored["lines"], stored["total"], stored["runs"]) == (last.row_count, last.sum_quantity, 1)
    refresh(mart)
    assert_sound(mart)


def test_two_writers_of_the_same_content_make_one_version(mart):
    for rounds in range(1, 6):
        writer = partial(publish, mart, *content(20, rounds))
        done = at_once(writer, writer)
        assert sorted(future.result().outcome for future in done) == ["LOADED", "UNCHANGED"]
        assert {future.result().version for future in done} == {rounds}


def test_the_same_run_twice_at_once_publishes_once(mart):
    run = uuid4()
    done = at_once(*[partial(publish, mart, *content(20, quantity), run=run) for quantity in (1, 2)])
    assert sorted(future.result().outcome for future in done) == ["ALREADY", "LOADED"]


def test_different_slices_land_in_parallel(mart):
    months = list(JANUARY.through(JANUARY.shift(3)))
    done = at_once(
        *[partial(publish, mart, *content(20, 1), month=month) for month in months],
        *[partial(publish, mart, *content(20, 2), domain="CLOUD", month=month) for month in months],
    )
    assert {future.result().outcome for future in done} == {"LOADED"}
    assert ask(mart, TOTAL)[0]["lines"] == 160
    refresh(mart)
    assert_sound(mart)


def test_a_writer_of_one_slice_does_not_wait_for_another_slice(mart):
    publish(mart, line())
    with held(mart, "SELECT pg_advisory_xact_lock(slice_lock('2024-01-01', 'OPEN'))"):
        assert publish(mart, line(), domain="CLOUD").outcome == "LOADED"
        assert publish(mart, line(), month=JANUARY.next).outcome == "LOADED"


def test_two_months_that_relabel_the_same_products_do_not_deadlock(mart):
    products = [f"vm-{place}" for place in range(40)]
    for turn in range(10):
        writers = []
        for month, order in ((JANUARY, products), (JANUARY.next, products[::-1])):
            rows = [line(product_id=product, product_label=f"{product} {month} {turn}") for product in order]
            writers.append(partial(publish, mart, *rows, line(quantity=Decimal(turn)), month=month))
        done = at_once(*writers)
        assert [future.result().version for future in done] == [turn + 1, turn + 1]


def test_first_slices_of_one_new_month_are_made_at_once(mart):
    domains = ("OPEN", "CLOUD", "OPEN", "SUPPORT")
    for number in range(1, 6):
        month = JANUARY.shift(number).first_day
        done = at_once(*[partial(ask, mart, "SELECT ensure_slice(%s, %s)", month, domain) for domain in domains])
        made = [future.result()[0]["ensure_slice"] for future in done]
        assert made == [f"fact_{month:%Y_%m}_{domain.lower()}" for domain in domains]


# Readers


def test_reader_keeps_its_version_during_and_after_a_replace(mart):
    publish(mart, *content(50, 1))
    renamed = [row | {"product_label": "Renamed"} for row in content(30, 2)]
    with mart.connect("finops_api") as reader, reader.transaction(), ThreadPoolExecutor(1) as pool:
        reader.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        before = reader.execute(TOTAL).fetchone()
        with held(mart, "SELECT FROM dim_product FOR UPDATE"):
            writer = pool.submit(publish, mart, *renamed)
            # it has deleted the old lines and waits: nobody sees that, and nobody waits with it
            wait_for_a_lock(mart)
            assert reader.execute(TOTAL).fetchone() == before
            assert ask(mart, TOTAL, role="finops_api") == [before]
        assert writer.result(10).version == 2
        assert reader.execute(TOTAL).fetchone() == before
    assert ask(mart, TOTAL) == [{"lines": 30, "total": Decimal(60), "runs": 1}]


def test_fresh_readers_see_one_whole_version_or_another(mart):
    publish(mart, *content(40, 1))
    stop = threading.Event()
    seen: list[tuple] = []

    def read() -> None:
        with mart.connect("finops_api") as reader:
            while not stop.is_set():
                row = reader.execute(TOTAL).fetchone()
                seen.append(tuple(row.values()))

    with ThreadPoolExecutor(2) as pool:
        readers = [pool.submit(read) for _ in range(2)]
        try:
            for version in range(2, 42):
                publish(mart, *content(40 if version % 2 else 25, version))
        finally:
            stop.set()
        for reader in readers:
            reader.result(10)
    assert len(set(seen)) > 3
    for lines, total, runs in seen:
        assert runs == 1
        assert lines in (40, 25)
        assert total % lines == 0
        assert (total / lines) % 2 == (1 if lines == 40 else 0)


# Deleting a product while its first fact is published


@pytest.mark.parametrize("label", [None, "Described"])
def test_product_is_not_deleted_under_its_first_fact(mart, label):
    """Twenty races: the delete is refused, or the member is there again."""
    insert = (
        "INSERT INTO dim_product (domain_id, product_id, product_label, family_id, consumption_metric) "
        "VALUES ('OPEN', %s, 'Old label', 'compute', 'CPU')"
    )
    publish(mart, line())

    def delete(product: str, delay: float) -> str:
        time.sleep(delay)
        try:
            ask(mart, "DELETE FROM dim_product WHERE product_id = %s", product, role="finops_admin")
        except MartRefused:
            return "refused"
        return "deleted"

    for number in range(20):
        product = f"vm-{number}"
        ask(mart, insert, product, role="finops_admin")
        first_fact = line(product_id=product, product_label=label)
        publishing, deleting = at_once(
            partial(publish, mart, line(), first_fact), partial(delete, product, number * 0.002)
        )
        assert publishing.result().outcome == "LOADED"
        assert deleting.result() in {"refused", "deleted"}
        members = ask(mart, "SELECT is_inferred FROM dim_product WHERE product_id = %s", product)
        assert len(members) == 1
    refresh(mart)
    assert_sound(mart)


def test_delete_waits_for_a_publication_under_way_and_is_then_refused(mart):
    publish(mart, line())
    ask(mart, "INSERT INTO dim_application (application_id, application_label) VALUES ('portal', 'Portal')")
    with ThreadPoolExecutor(2) as pool:
        # the publication holds its slice and stops at the product it describes
        with held(mart, "SELECT FROM dim_product FOR UPDATE"):
            writer = pool.submit(
                publish, mart, line(product_label="Renamed"), line(application_id="portal", product_label="Renamed")
            )
            wait_for_a_lock(mart)
            delete = pool.submit(ask, mart, "DELETE FROM dim_application WHERE application_id = 'portal'")
            wait_for_a_lock(mart, 2)
        assert writer.result(10).outcome == "LOADED"
        with pytest.raises(MartRefused, match="is never deleted"):
            delete.result(10)


def test_delete_of_a_product_that_is_being_described_is_refused_without_a_deadlock(mart):
    publish(mart, line())
    insert = (
        "INSERT INTO dim_product (domain_id, product_id, product_label, family_id, consumption_metric) "
        "VALUES ('OPEN', 'vm-new', 'Old label', 'compute', 'CPU')"
    )
    ask(mart, insert)
    with ThreadPoolExecutor(2) as pool:
        with held(mart, "LOCK TABLE dim_family IN SHARE MODE"):
            writer = pool.submit(publish, mart, line(), line(product_id="vm-new", family_id="fresh"))
            wait_for_a_lock(mart)
            # the writer holds its slice; the delete must not hold the product's row while it waits for that
            delete = pool.submit(ask, mart, "DELETE FROM dim_product WHERE product_id = 'vm-new'", role="finops_admin")
            wait_for_a_lock(mart, 2)
        assert writer.result(10).outcome == "LOADED"
        with pytest.raises(MartRefused, match="is never deleted"):
            delete.result(10)


def test_a_hundred_deletes_against_publications_of_their_products_never_orphan_a_fact(mart):
    """Ten writers of ten first facts each, beside ten sessions that delete those hundred products one by one."""
    products = [[f"vm-{writer}-{place}" for place in range(10)] for writer in range(10)]
    publish(mart, line())
    insert = (
        "INSERT INTO dim_product (domain_id, product_id, product_label, family_id, consumption_metric) "
        "SELECT 'OPEN', product, 'Old label', 'compute', 'CPU' FROM unnest(%s::TEXT[]) AS product"
    )
    ask(mart, insert, [product for own in products for product in own], role="finops_admin")

    def delete(own: list[str]) -> list[str]:
        ended = []
        with mart.connect("finops_admin") as connection:
            for product in own:
                try:
                    connection.execute("DELETE FROM dim_product WHERE product_id = %s", [product])
                    ended.append("deleted")
                except psycopg.Error as error:
                    ended.append(error.sqlstate)
        return ended

    writers = [
        partial(publish, mart, *[line(product_id=product) for product in own], month=JANUARY.shift(1 + place))
        for place, own in enumerate(products)
    ]
    done = at_once(*writers, *[partial(delete, own) for own in products])
    assert {future.result().outcome for future in done[:10]} == {"LOADED"}
    attempts = [ended for future in done[10:] for ended in future.result()]
    assert len(attempts) == 100
    assert set(attempts) <= {"deleted", "UF007"}
    orphans = (
        "SELECT product_id FROM fact_consumption LEFT JOIN dim_product USING (domain_id, product_id) "
        "WHERE product_label IS NULL"
    )
    assert ask(mart, orphans) == []
    assert ask(mart, TOTAL)[0]["lines"] == 101


# Lists of members, imported while slices that name the same members are published


def listed_products(settings, edition: str, label: str, products: Sequence[str]) -> None:
    rows = [
        {"product_id": product, "product_label": f"{product} {label}", "metric": "CPU"}
        | {"family_id": f"f-{place % 3}", "family_label": f"Family {place % 3} {label}"}
        for place, product in enumerate(products)
    ]
    write_csv(settings.sources / "open" / f"products{edition}.csv", rows)


def test_lists_imported_beside_publications_of_the_same_members_do_not_deadlock(mart, settings):
    products = [f"vm-{place}" for place in range(30)]
    domain, june = discover()["OPEN"].domain, Period(2024, 6)

    def import_lists() -> None:
        with mart.connect("finops_batch") as connection:
            for _ in range(12):
                referential.import_products(connection, settings, domain, date(2024, 6, 15))

    # the month of the undated list too: each takes the other's labels back
    def publish_june(order: Sequence[str]) -> None:
        for turn in range(12):
            rows = [
                line(product_id=product, product_label=f"{product} {turn}")
                | {"family_id": f"f-{place % 3}", "family_label": f"Family {turn}"}
                for place, product in enumerate([*order, f"new-{turn}"])
            ]
            publish(mart, *rows, line(quantity=Decimal(turn), application_id=order[0]), month=june)

    listed_products(settings, "-2024-01", "first", products)
    listed_products(settings, "-2024-03", "second", [*products[::-2], "new-5"])
    listed_products(settings, "", "third", products[5:])
    done = at_once(import_lists, import_lists, partial(publish_june, products), partial(publish_june, products[::-1]))
    assert [future.exception() for future in done] == [None] * 4
    refresh(mart)
    assert_sound(mart)


def test_list_that_describes_products_holds_no_publication_in_a_circle(mart, settings):
    publish(mart, line(product_id="p", family_id="f-0"), line(product_id="stop", family_id="f-0"))
    ask(mart, "UPDATE dim_product SET described_in = NULL")
    ask(mart, "UPDATE dim_family SET described_in = '2024-01-01', family_label = 'Family 0 first'")
    listed_products(settings, "-2024-01", "first", ["p", "x", "y", "stop"])
    listed_products(settings, "-2024-03", "second", ["p", "x", "y", "stop"])

    def import_lists() -> int:
        with mart.connect("finops_batch") as connection:
            return referential.import_products(
                connection, settings, discover()["OPEN"].domain, date(2024, 6, 15)
            ).listed

    described = [line(product_id="p", family_id="f-0", family_label="Of June", product_label="P of June")]
    with ThreadPoolExecutor(2) as pool:
        # the import has described p and stops at the next product; the publication wants family and p
        with held(mart, "SELECT FROM dim_product WHERE product_id = 'stop' FOR UPDATE"):
            importing = pool.submit(import_lists)
            wait_for_a_lock(mart)
            publishing = pool.submit(publish, mart, *described, month=Period(2024, 6))
            wait_for_a_lock(mart, 2)
        assert (importing.result(20), publishing.result(20).outcome) == (4, "LOADED")
    assert ask(mart, "SELECT family_label FROM dim_family WHERE family_id = 'f-0'") == [{"family_label": "Of June"}]


# Refreshing


def test_two_refreshes_at_once_are_both_fine(mart, tmp_path):
    price_view(mart, tmp_path)
    price(mart, tmp_path, "2")
    for number in range(1, 6):
        publish(mart, *content(10, number))
        publish(mart, *content(10, number), month=JANUARY.next)
        done = at_once(partial(refresh, mart), partial(refresh, mart))
        assert [future.exception() for future in done] == [None, None]
        assert_sound(mart)


def test_refresh_and_publish_and_price_at_once_leave_nothing_stale_unseen(mart, tmp_path):
    price_view(mart, tmp_path)
    for number in range(1, 9):
        done = at_once(
            partial(publish, mart, *content(10, number)),
            partial(price, mart, tmp_path, str(number)),
            partial(refresh, mart),
        )
        assert [future.exception() for future in done] == [None] * 3
        refresh(mart)
        assert_sound(mart)


def test_slice_published_while_it_is_refreshed_is_stale_afterwards(mart, tmp_path):
    price_view(mart, tmp_path)
    price(mart, tmp_path, "2")
    publish(mart, line())
    with ThreadPoolExecutor(1) as pool:
        with held(mart, "LOCK TABLE mart_slice IN SHARE MODE"):
            refreshing = pool.submit(refresh, mart)
            # the refresh has priced version 1 and waits to say so
            wait_for_a_lock(mart)
            publish(mart, line(quantity=Decimal(11)))
        refreshing.result(10)
    assert refresh(mart).slices == ((JANUARY.first_day, "OPEN"),)
    assert_sound(mart)


def test_view_added_while_a_slice_is_refreshed_makes_it_stale(mart, tmp_path):
    price_view(mart, tmp_path)
    price(mart, tmp_path, "2")
    publish(mart, line())
    with ThreadPoolExecutor(1) as pool:
        with held(mart, "LOCK TABLE mart_slice IN SHARE MODE"):
            refreshing = pool.submit(refresh, mart)
            wait_for_a_lock(mart)
            price_view(mart, tmp_path, "listed")
        refreshing.result(10)
    assert refresh(mart).slices == ((JANUARY.first_day, "OPEN"),)
    assert_sound(mart)


def test_prices_wait_for_a_refresh_under_way(mart, tmp_path):
    price_view(mart, tmp_path)
    publish(mart, line())
    with ThreadPoolExecutor(2) as pool:
        with held(mart, "LOCK TABLE mart_slice IN SHARE MODE"):
            refreshing = pool.submit(refresh, mart)
            wait_for_a_lock(mart)
            pricing_ = pool.submit(price, mart, tmp_path, "2")
            wait_for_a_lock(mart, 2)
            assert not pricing_.done()
        refreshing.result(10)
        assert pricing_.result(10) == 1
    assert refresh(mart).slices == ((JANUARY.first_day, "OPEN"),)
    assert_sound(mart)


def test_two_offers_of_one_price_at_once_are_one_revision(mart, tmp_path):
    price_view(mart, tmp_path)
    offered = frame(
        [{"focus_cost": "ListCost", "currency": "EUR", "product_id": "vm-small", "unit_price": Decimal(2)}], PRICES
    ).assign(pricing_view_id="internal", domain_id="OPEN", effective_from=JANUARY.first_day)

    def offer() -> int:
        with mart.connect("finops_admin") as connection:
            return pricing.publish(connection, offered, "test")

    assert sorted(future.result() for future in at_once(offer, offer, offer)) == [0, 0, 1]


# Killed


KILLED_WRITER = """
import sys, time
from decimal import Decimal
from functools import partial
from uuid import UUID
from finops_assets.slices import facts
from finops_assets.postgres.connection import Mart
from finops_assets_tests.factories import line, publish

def stuck(connection, table, rows):
    row = f"2024-01-01,OPEN,compute,vm-small,%s,1,DIRECT,CPU,{sys.argv[2]},Small VM\\n"
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN (FORMAT csv)") as copy:
        copy.write("".join(row % place for place in range(20_000)))
        print("copying", flush=True)
        time.sleep(600)

facts.copy_in = stuck
publish(Mart(sys.argv[1]), line(quantity=Decimal(99)), run=UUID(sys.argv[2]))
"""


def test_writer_killed_in_its_copy_leaves_the_old_slice_and_no_lock(mart):
    publish(mart, *content(20, 1))
    before = ask(mart, "SELECT xmin::TEXT, * FROM fact_consumption ORDER BY ctid")
    run = uuid4()
    with subprocess.Popen(
        [sys.executable, "-c", KILLED_WRITER, mart.url, str(run)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(CHECKOUT), *sys.path[1:]])},
        stdout=subprocess.PIPE,
        text=True,
    ) as killed:
        assert killed.stdout.readline() == "copying\n"
        killed.kill()
    # waits for the server to notice, no longer
    with mart.connect("") as connection:
        connection.execute("SET lock_timeout = '5s'")
        connection.execute("SELECT pg_advisory_xact_lock(slice_lock('2024-01-01', 'OPEN'))")
    assert ask(mart, "SELECT xmin::TEXT, * FROM fact_consumption ORDER BY ctid") == before
    assert ask(mart, "SELECT count(*) FROM slice_version") == [{"count": 1}]

    assert publish(mart, line(quantity=Decimal(99)), run=run).version == 2
    assert publish(mart, line(quantity=Decimal(99)), run=run).outcome == "ALREADY"
    refresh(mart)
    assert_sound(mart)


def test_two_databases_of_one_server_do_not_wait_for_each_other(mart, server_url, template):
    with (
        new_mart(server_url, template) as other,
        held(mart, "SELECT pg_advisory_xact_lock(slice_lock('2024-01-01', 'SUPPORT'))"),
    ):
        assert publish(other, weight("billing", "1"), domain="SUPPORT").outcome == "LOADED"
