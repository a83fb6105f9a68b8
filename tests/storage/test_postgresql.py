"""PostgreSQL: several processes on one database, what is wrong with it, and connections that are lost."""

import itertools
import random
import re
import secrets
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import numpy as np
import pytest
from tests.databases import PASSWORD, Cluster

from halley.core.metric import NO_STEP, MetricId
from halley.core.output import OutputLine
from halley.errors import ArgumentError, SettingError, StorageError, StorageVersionError
from halley.storage.open import open_storage
from halley.storage.ports.metrics import PointColumns
from halley.storage.sql.metrics import append, fold
from halley.storage.sql.migrate import list_migrations
from halley.storage.testing.make import log, log_values, make_run
from halley.storage.testing.metrics import check_export, check_series
from halley.storage.testing.model import ModelRun

KNOWN = list_migrations("postgresql")[-1][0]
LOSS = MetricId("loss")


@pytest.fixture
def pair(databases, shared_database):
    """Two stores on one database, as two servers have them: they share nothing but the database."""
    databases.empty(shared_database)
    both = [open_storage(shared_database) for _ in range(2)]
    try:
        yield both
    finally:
        for storage in both:
            storage.close()


@pytest.fixture
def storage(pair):
    return pair[0]


def count_points(storage, run):
    with storage.read() as session:
        exported = sum(len(piece.step) for piece in session.metrics.export(run, LOSS))
        (series,) = session.metrics.list_series(run)
    assert series.count == exported
    return exported


# several processes


@pytest.mark.parametrize("seed", range(4))
def test_two_writers_in_turn_equal_a_dictionary(pair, monkeypatch, seed):
    """Whatever each remembers of the run: appends with and without steps, rewrites, folds, tidying, deleting."""
    monkeypatch.setattr(append, "_DIRECT_POINTS", 24)
    monkeypatch.setattr(append, "_FOLD_POINTS", 48)
    monkeypatch.setattr(append, "_FOLD_WIDTH", 4)
    monkeypatch.setattr(fold, "CHUNK_POINTS", 64)
    dice = random.Random(seed)
    run, model = make_run(pair[0]), ModelRun()
    metrics = [MetricId("a"), MetricId("b", "train"), MetricId("c")]
    for turn in range(80):
        storage = dice.choice(pair)
        act = dice.random()
        if act < 0.06:
            storage.write(lambda session: session.metrics.tidy(run)).result(60)
        elif act < 0.08:
            storage.write(lambda session: session.metrics.delete(run)).result(60)
            model = ModelRun()
        else:
            points = [
                (dice.choice(metrics), dice.choice([NO_STEP, dice.randrange(300)]), turn, 0.5, dice.choice([1.5, turn]))
                for _ in range(dice.choice([1, 5, 40]))
            ]
            log(storage, run, points)
            model.append(points)
        with dice.choice(pair).read() as session:
            check_series(session, run, model)
    with pair[1].read() as session:
        check_export(session, run, model)


def test_two_writers_at_once_lose_and_double_nothing(pair):
    """Many runs in any order, places and metrics that both make: nobody waits in a ring, every step is given once."""
    keys = [secrets.token_hex(16) for _ in range(6)]

    def take(key, writer, first):
        def job(session):
            project = session.catalog.ensure_project("w", f"p{first % 3}", now=1)
            run, _ = session.catalog.ensure_experiment(project, key, now=1)
            if session.catalog.claim(run, writer, first, 3).is_taken:
                zeros = np.zeros(3)
                names = [LOSS, MetricId(f"m{first % 7}")]
                metric = np.array([0, 1, 0], np.uint32)
                steps = np.full(3, NO_STEP)
                session.metrics.append(run, PointColumns(names, metric, steps, zeros.astype(int), zeros, zeros))
                session.output.append(run, writer, [OutputLine(first, 1, 1, "line")])

        return job

    def speak(place):
        storage, dice, writer = pair[place % 2], random.Random(place), f"{place:032x}"
        for turn in range(30):
            order = dice.sample(keys, len(keys))
            waiting = [storage.write(take(key, writer, 3 * turn)) for key in order for _ in range(2)]
            for future in waiting:
                future.result(60)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(speak, range(4)))
    with pair[0].read() as session:
        runs = [session.catalog.find_run(key) for key in keys]
        numbers = sorted(
            (one.project, one.number) for one in map(session.catalog.get_experiment, runs) if one is not None
        )
        assert len(numbers) == len(keys)
        assert len(set(numbers)) == len(keys)
        for run in runs:
            series = {one.metric: one for one in session.metrics.list_series(run)}
            assert (series[LOSS].count, series[LOSS].last_step) == (4 * 30 * 2, 4 * 30 * 2 - 1)
            assert sum(one.count for one in series.values()) == 4 * 30 * 3
            assert session.output.read(run).total == 4 * 30


def test_a_job_that_finds_a_run_taken_is_run_again_after_what_came_before_it(pair):
    """And the jobs before it are acknowledged meanwhile."""
    one, other = pair
    runs = [make_run(one), make_run(one)]
    is_held, gate, order = threading.Event(), threading.Event(), []

    def hold(session):
        session.catalog.set_name(runs[0], "held")
        is_held.set()
        assert gate.wait(60)

    holding = one.write(hold)
    assert is_held.wait(60)
    start = threading.Event()
    blocked = other.write(lambda _: start.wait(60))
    first = other.write(lambda session: session.catalog.set_name(runs[1], "first"))
    second = other.write(lambda session: (order.append("second"), session.catalog.set_name(runs[0], "second"))[0])
    third = other.write(lambda session: (order.append("third"), session.catalog.set_name(runs[1], "third"))[0])
    start.set()
    blocked.result(60)
    first.result(60)
    assert not second.done()
    gate.set()
    for future in (holding, second, third):
        future.result(60)
    assert order == ["second", "second", "third"]
    with one.read() as session:
        assert [session.catalog.get_experiment(run).name for run in runs] == ["second", "third"]


def test_who_is_being_written_is_not_lost(pair):
    one, other = pair
    runs = [make_run(one, now=1_000) for _ in range(2)]
    is_held, gate = threading.Event(), threading.Event()

    def speak(session):
        session.catalog.hear(runs[0], now=9_000)
        is_held.set()
        assert gate.wait(60)

    speaking = one.write(speak)
    assert is_held.wait(60)
    lost = other.write(lambda session: session.catalog.lose_silent(heard_before=5_000, latest=9_000)).result(60)
    gate.set()
    speaking.result(60)
    assert lost == [runs[1]]


def test_what_one_announces_the_others_hear(pair):
    one, _ = pair
    heard = {place: [] for place in range(2)}
    arrived = threading.Event()

    def note(place, text):
        heard[place].append(text)
        if text == "last":
            arrived.set()

    stops = [storage.listen(lambda text, place=place: note(place, text)) for place, storage in enumerate(pair)]
    one.announce("ä quoted ' text")
    one.announce("x" * 6_990)
    one.announce("last")
    assert arrived.wait(60)
    for stop in stops:
        stop()
        stop()
    assert heard == {0: [], 1: ["ä quoted ' text", "x" * 6_990, "last"]}
    assert not any(thread.name == "halley-listener" for thread in threading.enumerate())


# what is wrong with it


def test_servers_that_start_at_once_make_the_schema_once(databases):
    url = databases.make()
    with ThreadPoolExecutor(4) as threads:
        opened = list(threads.map(lambda _: open_storage(url), range(4)))
    versions = databases.run("select version from halley_schema order by version", url)
    assert versions == [(number,) for number in range(1, KNOWN + 1)]
    for storage in opened:
        storage.close()


def test_a_newer_schema_names_both_versions(databases):
    url = databases.make()
    open_storage(url).close()
    databases.run("insert into halley_schema values (77)", url)
    with pytest.raises(StorageVersionError, match=rf"schema version 77, this Halley knows version {KNOWN}\..*upgrade"):
        open_storage(url)


def test_the_database_of_another_program(databases):
    url = databases.make()
    databases.run("create table theirs (x int)", url)
    with pytest.raises(StorageError, match="another program"):
        open_storage(url)


@pytest.mark.parametrize(
    ("url", "error", "says"),
    [
        ("postgresql://halley:se%cret@h:1/x", StorageError, "URL cannot be read"),
        ("mysql://halley:secret@h/x", SettingError, "mysql.*not known.*postgresql://"),
        ("postgresql://halley:secret@127.0.0.1:1/x", StorageError, r"127\.0\.0\.1:1/x cannot be reached.*refused"),
        ("postgresql://halley:secret@no.such.host.invalid/x", StorageError, "cannot be reached"),
    ],
)
def test_a_url_that_leads_nowhere(url, error, says):
    with pytest.raises(error, match=says) as caught:
        open_storage(url)
    assert_no_secret(caught.value, "secret", "se%cret", "cret@")


def test_without_the_driver(monkeypatch):
    for name in [name for name in sys.modules if name.split(".")[0] == "psycopg" or name.endswith("sql.postgresql")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(SettingError, match=r"pip install 'halley\[server,postgresql\]'"):
        open_storage("postgresql://127.0.0.1/x")


def assert_no_secret(error, *secrets):
    while error is not None:
        assert not any(secret in f"{error} {error!r}" for secret in secrets), error
        error = error.__cause__


def test_a_database_that_is_not_there(databases):
    with pytest.raises(StorageError, match=r"halley_nowhere does not exist.*createdb"):
        open_storage(databases.url_of("halley_nowhere"))


def test_a_wrong_password(databases, shared_database):
    if quote(PASSWORD, safe="") not in shared_database:
        pytest.skip("the database that is given may let everybody in")
    url = shared_database.replace(quote(PASSWORD, safe=""), "wrong-secret")
    with pytest.raises(StorageError, match=r"does not let this user in.*HALLEY_DATABASE") as caught:
        open_storage(url)
    assert_no_secret(caught.value, "wrong-secret")


def test_its_password_is_never_told(storage):
    assert re.fullmatch(r"postgresql://(\w+@)?[\w.]+(:\d+)?/\w+", storage.place)
    assert storage.database == "postgresql"


def test_a_name_that_no_index_takes_is_the_callers_fault(storage):
    run = make_run(storage)
    noise = random.Random(3)
    name = "".join(chr(noise.randrange(0x20000, 0x2A000)) for _ in range(1_000))
    with pytest.raises(ArgumentError, match="Shorten"):
        storage.write(lambda session: session.catalog.put_others(run, {name: 1})).result(60)


# connections


def terminate(databases, url, where="true"):
    """End connections as an administrator would."""
    name = url.rpartition("/")[2].partition("?")[0]
    databases.run(
        f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}' and {where}"
        " and pid <> pg_backend_pid()"
    )


def test_a_lost_connection_is_opened_anew(databases, shared_database, storage):
    """Idle ones unnoticed; one that is lost inside a transaction fails its group, and the next group is taken."""
    run = make_run(storage)
    log_values(storage, run, LOSS, [1.0, 2.0])
    assert count_points(storage, run) == 2
    terminate(databases, shared_database)
    assert count_points(storage, run) == 2
    log_values(storage, run, LOSS, [3.0], first=2)

    def cut_off(session):
        session.catalog.set_name(run, "never")
        terminate(databases, shared_database, "state = 'idle in transaction'")
        session.catalog.set_name(run, "never")

    with pytest.raises(StorageError, match="lost"):
        storage.write(cut_off).result(60)
    log_values(storage, run, LOSS, [4.0], first=3)
    with storage.read() as session:
        assert session.catalog.get_experiment(run).name != "never"
    assert count_points(storage, run) == 4


def test_a_snapshot_that_is_cut_off_says_so(databases, shared_database, storage):
    run = make_run(storage)

    def ask():
        with storage.read() as session:
            terminate(databases, shared_database)
            session.catalog.get_experiment(run)

    with pytest.raises(StorageError, match="lost"):
        ask()
    with storage.read() as session:
        assert session.catalog.get_experiment(run).run == run


def test_listening_goes_on_after_the_connection_was_lost(databases, shared_database, pair):
    one, other = pair
    heard, missed = [], threading.Event()

    def note(text):
        heard.append(text)
        if text is None:
            missed.set()

    stop = other.listen(note)
    try:
        terminate(databases, shared_database, "query like 'listen%'")
        assert missed.wait(60)
        one.announce("again")
        deadline = threading.Event()
        for _ in range(6_000):
            if "again" in heard:
                break
            deadline.wait(0.01)
        assert heard == [None, "again"]
    finally:
        stop()


def test_a_crash_of_the_database_loses_nothing_acknowledged():
    """It dies without tidying up, again and again, while batches come in; then it is back."""
    cluster = Cluster(is_durable=True)
    try:
        storage = open_storage(cluster.url)
        run = make_run(storage)
        acknowledged, is_done = [0], threading.Event()

        def take(first):
            def job(session):
                claim = session.catalog.claim(run, "w", first, 10)
                if claim.is_taken:
                    zeros = np.zeros(10)
                    steps = np.arange(first, first + 10)
                    metric = np.zeros(10, np.uint32)
                    session.metrics.append(run, PointColumns([LOSS], metric, steps, zeros.astype(int), zeros, zeros))
                return claim.acknowledged

            return job

        def speak():
            while not is_done.is_set():
                try:
                    acknowledged[0] = storage.write(take(acknowledged[0])).result(60)
                except StorageError:
                    is_done.wait(0.05)

        with ThreadPoolExecutor(1) as threads:
            speaking = threads.submit(speak)
            try:
                for _ in range(2):
                    goal = acknowledged[0] + 100
                    for _ in range(6_000):
                        if acknowledged[0] >= goal:
                            break
                        is_done.wait(0.01)
                    assert acknowledged[0] >= goal
                    cluster.stop(signal.SIGQUIT)
                    cluster.start()
                goal = acknowledged[0] + 100
                for _ in range(6_000):
                    if acknowledged[0] >= goal:
                        break
                    is_done.wait(0.01)
                assert acknowledged[0] >= goal
            finally:
                is_done.set()
            speaking.result(60)
        with storage.read() as session:
            steps = list(
                itertools.chain.from_iterable(piece.step.tolist() for piece in session.metrics.export(run, LOSS))
            )
        assert steps == list(range(acknowledged[0]))
        storage.close()
    finally:
        cluster.close()


# the schema


def test_points_are_not_compressed_twice(databases, shared_database, storage):
    stored = databases.run(
        "select distinct attstorage from pg_attribute join pg_class on attrelid = pg_class.oid"
        " where relname in ('journal', 'clock', 'chunk', 'stretch', 'output_chunk') and atttypid = 'bytea'::regtype",
        shared_database,
    )
    assert stored == [("e",)]


def test_text_sorts_by_code_point(databases, shared_database, storage):
    found = databases.run(
        "select count(*) filter (where collation_name = 'C'), count(*) from information_schema.columns"
        " where table_schema = 'public' and data_type = 'text'",
        shared_database,
    )
    assert found[0][0] == found[0][1] > 10


# deleting


def make_wide_run(storage, count=6_000):
    run = make_run(storage)
    log(storage, run, [(MetricId(f"m{at}"), 0, 0, 0.0, 1.0) for at in range(count)])
    return run


def test_two_servers_may_erase_the_same_run(pair):
    run, other = (make_wide_run(storage) for storage in pair)
    pair[0].write(lambda session: session.catalog.delete_experiment(run, now=1)).result(60)

    def erase_all(storage):
        while storage.write(lambda session: session.metrics.delete(run)).result(60):
            log_values(storage, other, LOSS, [1.0])

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(erase_all, storage) for storage in pair]:
            done.result(60)
    with pair[1].read() as session:
        assert session.metrics.list_series(run) == []
        assert len(session.metrics.list_series(other)) == 6_001


def test_a_metric_that_another_server_deleted_starts_anew(pair):
    run = make_run(pair[0])
    for value in (1.0, 2.0):
        log(pair[0], run, [(LOSS, NO_STEP, 0, 0.0, value), (MetricId("kept"), NO_STEP, 0, 0.0, value)])
    assert pair[1].write(lambda session: session.metrics.delete_metric(run, LOSS)).result(60)
    log(pair[0], run, [(LOSS, NO_STEP, 0, 0.0, 3.0), (MetricId("kept"), NO_STEP, 0, 0.0, 3.0)])
    with pair[1].read() as session:
        found = {one.metric.name: (one.count, one.last_step) for one in session.metrics.list_series(run)}
        uses = {one.metric.name: one.run_count for one in session.catalog.search_metrics("default", "general").metrics}
    assert found == {"loss": (1, 0), "kept": (3, 2)}
    assert uses == {"loss": 1, "kept": 1}


def test_two_servers_count_the_same_new_metrics_together(pair):
    """They meet at the project's list of metrics, in any order, and nobody is sent away."""
    names = [MetricId(f"m{at}") for at in range(30)]

    def say(place):
        chance = random.Random(place)
        for _ in range(15):
            run = make_run(pair[place])
            log(pair[place], run, [(name, 0, 0, 0.0, 1.0) for name in chance.sample(names, len(names))])

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(say, place) for place in range(2)]:
            done.result(60)
    with pair[0].read() as session:
        found = session.catalog.search_metrics("default", "general").metrics
    assert {one.metric: one.run_count for one in found} == dict.fromkeys(names, 30)


def test_much_that_was_deleted_is_vacuumed(databases):
    url = databases.make()
    storage = open_storage(url)
    try:
        run = make_wide_run(storage)
        while storage.write(lambda session: session.metrics.delete(run)).result(60):
            pass
        deadline = time.monotonic() + 60
        counted = "select sum(vacuum_count)::int from pg_stat_user_tables where relname in ('series', 'chunk')"
        while databases.run(counted, url) != [(2,)]:  # autovacuum is counted elsewhere
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert databases.run("select n_dead_tup from pg_stat_user_tables where relname = 'series'", url) == [(0,)]
    finally:
        storage.close()


def test_closing_does_not_wait_for_a_vacuum(databases):
    storage = open_storage(databases.make())
    run = make_wide_run(storage)
    while storage.write(lambda session: session.metrics.delete(run)).result(60):
        pass
    assert any(thread.name == "halley-vacuum" for thread in threading.enumerate())
    storage.close()
    assert not any(thread.name == "halley-vacuum" for thread in threading.enumerate())
