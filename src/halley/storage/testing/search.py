"""What every adapter of the catalogue port has to do when it searches experiments."""

import math
from collections.abc import Sequence

import pytest

from halley.core.experiment import State
from halley.core.metric import MetricId
from halley.core.parameter import Value
from halley.errors import InvalidRequest
from halley.storage.ports.catalog import Column, ExperimentPage, Sort
from halley.storage.ports.storage import Session, Storage
from halley.storage.testing.make import WAIT_SECONDS, log_values, make_run, new_key

LR = Column(kind="parameter", name="lr")
NOTE = Column(kind="other", name="lr")
LOSS = Column(kind="metric", name="loss", context="train")


def make_runs(storage: Storage, values: Sequence[Value]) -> list[int]:
    """One experiment per value of parameter `lr`; None for one that has none."""
    runs = [make_run(storage, now=1_000 + place) for place in range(len(values))]

    def job(session: Session) -> None:
        for run, value in zip(runs, values, strict=True):
            if value is not None:
                session.catalog.put_parameters(run, {"lr": (value, "manual")})

    storage.write(job).result(WAIT_SECONDS)
    return runs


def search(storage: Storage, **question: object) -> ExperimentPage:
    """Search in the project of the tests."""
    with storage.read() as session:
        return session.catalog.search_experiments("default", "general", **question)  # type: ignore[arg-type]


def runs_of(page: ExperimentPage) -> list[int]:
    """The runs of a page."""
    return [experiment.run for experiment in page.experiments]


class SearchContract:
    """See `Catalog.search_experiments` and `Catalog.list_columns`."""

    def test_newest_first(self, storage: Storage) -> None:
        """Unless a sort says otherwise; pages follow one another; other projects stay out."""
        runs = make_runs(storage, [None] * 5)
        make_run(storage, "another")
        assert runs_of(search(storage)) == runs[::-1]
        pages = [search(storage, offset=offset, limit=2) for offset in (0, 2, 4, 6)]
        assert [run for page in pages for run in runs_of(page)] == runs[::-1]
        assert {page.total for page in pages} == {5}
        with storage.read() as session:
            assert session.catalog.search_experiments("default", "nowhere").total == 0

    def test_numbers_then_text_then_nothing(self, storage: Storage) -> None:
        """Descending turns numbers and text around; what is missing comes last in either direction."""
        values: list[Value] = ["adam", 10, None, 0.5, "Sgd", 2**60, -math.inf, True]
        adam, ten, missing, half, sgd, huge, least, one = make_runs(storage, values)
        ascending = runs_of(search(storage, sort=[Sort(column=LR)]))
        assert ascending == [least, half, one, ten, huge, sgd, adam, missing]
        descending = runs_of(search(storage, sort=[Sort(column=LR, is_descending=True)]))
        assert descending == [adam, sgd, huge, ten, one, half, least, missing]

    def test_ties_are_broken_by_the_next_sort_then_by_number(self, storage: Storage) -> None:
        """In the direction of the first sort, so pages never repeat or miss an experiment."""
        keys = [new_key() for _ in range(4)]
        runs = [make_run(storage, key=key) for key in reversed(keys)]

        def job(session: Session) -> None:
            for place, run in enumerate(runs):
                session.catalog.put_parameters(run, {"lr": (1, "manual")})
                session.catalog.put_others(run, {"lr": place // 2})

        storage.write(job).result(WAIT_SECONDS)
        assert runs_of(search(storage, sort=[Sort(column=LR)])) == runs
        assert runs_of(search(storage, sort=[Sort(column=LR, is_descending=True)])) == runs[::-1]
        both = [Sort(column=LR), Sort(column=NOTE, is_descending=True)]
        assert runs_of(search(storage, sort=both)) == [runs[2], runs[3], runs[0], runs[1]]
        both = [Sort(column=LR, is_descending=True), Sort(column=NOTE)]
        assert runs_of(search(storage, sort=both, limit=2)) == [runs[1], runs[0]]

    def test_metrics_sort_and_show(self, storage: Storage) -> None:
        """By last, min, max, count or step; NaN sorts with what is missing, but shows as NaN."""
        runs = make_runs(storage, [None] * 4)
        metric = MetricId("loss", "train")
        log_values(storage, runs[0], metric, [5.0, 1.0, 3.0])
        log_values(storage, runs[1], metric, [4.0, 2.0], first=10)
        log_values(storage, runs[2], metric, [1.0, math.nan])
        log_values(storage, runs[3], MetricId("loss"), [0.0])
        columns = [
            Column(kind="metric", name="loss", context="train", value=value)
            for value in ("last", "min", "max", "count", "step")
        ]
        page = search(storage, sort=[Sort(column=LOSS)], columns=columns)
        assert runs_of(page)[:2] == [runs[1], runs[0]]
        rows = dict(zip(runs_of(page), page.values, strict=True))
        assert rows[runs[0]] == [3.0, 1.0, 5.0, 3, 2]
        assert rows[runs[1]] == [2.0, 2.0, 4.0, 2, 11]
        last = rows[runs[2]][0]
        assert isinstance(last, float)
        assert math.isnan(last)
        assert rows[runs[2]][1:] == [1.0, 1.0, 2, 1]
        assert rows[runs[3]] == [None] * 5
        for value, first in [("min", 1), ("max", 0), ("count", 0), ("step", 1)]:
            column = Column(kind="metric", name="loss", context="train", value=value)  # type: ignore[arg-type]
            page = search(storage, sort=[Sort(column=column, is_descending=True)], limit=1)
            assert runs_of(page) == [runs[first]], value

    def test_columns_show_in_the_order_asked_for(self, storage: Storage) -> None:
        """Whatever their kinds; one may be asked for twice, another may be of no experiment."""
        first, second = make_runs(storage, [0.5, None])
        log_values(storage, first, MetricId("loss", "train"), [1.0, 3.0])
        log_values(storage, second, MetricId("loss"), [7.0])

        def job(session: Session) -> None:
            session.catalog.put_parameters(second, {"layers": (2**60 + 1, "manual")})
            session.catalog.put_others(first, {"lr": "other"})

        storage.write(job).result(WAIT_SECONDS)
        number = Column(kind="field", name="number")
        least = Column(kind="metric", name="loss", context="train", value="min")
        plain, nowhere = Column(kind="metric", name="loss"), Column(kind="metric", name="nowhere")
        layers = Column(kind="parameter", name="layers")
        page = search(storage, columns=[least, LR, number, NOTE, LOSS, plain, LR, nowhere, layers])
        assert [list(row) for row in page.values] == [
            [None, None, 2, None, None, 7.0, None, None, 2**60 + 1],
            [1.0, 0.5, 1, "other", 3.0, None, 0.5, None, None],
        ]

    def test_a_duration_is_never_negative(self, storage: Storage) -> None:
        """The clock of the training machine may be ahead of the server's, or be set back before the end."""
        ahead, back, plain = make_runs(storage, [None, None, None])

        def job(session: Session) -> None:
            for run, started_at in ((ahead, 9_000_000), (back, 5_000), (plain, 500)):
                session.catalog.describe_start(run, started_at=started_at, host="", process=1, command="", source="")
            session.catalog.set_state(back, State.FINISHED, ended_at=2_000)
            session.catalog.set_state(plain, State.FINISHED, ended_at=700)

        storage.write(job).result(WAIT_SECONDS)
        column = Column(kind="field", name="duration")
        page = search(storage, sort=[Sort(column=column, is_descending=True)], columns=[column])
        assert runs_of(page)[0] == plain
        assert [list(values) for values in page.values] == [[200], [0], [0]]

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("name", "Zed"),
            ("state", "finished"),
            ("started_at", 500),
            ("ended_at", 900),
            ("duration", 400),
            ("tags", "b, a"),
            ("number", 1),
            ("host", "here"),
            ("command", "train.py"),
        ],
    )
    def test_fields_sort_and_show(self, storage: Storage, name: str, value: Value) -> None:
        """Every field of an experiment is a column."""
        run, _ = make_runs(storage, [None, None])

        def job(session: Session) -> None:
            session.catalog.describe_start(
                run, started_at=500, host="here", process=1, command="train.py", source="halley"
            )
            session.catalog.set_name(run, "Zed")
            session.catalog.add_tags(run, ["b", "a"])
            session.catalog.set_state(run, State.FINISHED, ended_at=900)

        storage.write(job).result(WAIT_SECONDS)
        column = Column(kind="field", name=name)
        up, down = (
            search(storage, sort=[Sort(column=column, is_descending=way)], columns=[column]) for way in (False, True)
        )
        assert dict(zip(runs_of(up), up.values, strict=True))[run] == [value]
        first, last = runs_of(up), runs_of(down)
        assert first == last[::-1] or name in {"ended_at", "tags"}
        assert first[0] == run or name not in {"ended_at", "tags"}

    def test_an_unknown_field_is_an_invalid_request(self, storage: Storage) -> None:
        """Also one that experiments have, but that is no column."""
        make_run(storage)
        for name in ("colour", "traceback"):
            column = Column(kind="field", name=name)
            with pytest.raises(InvalidRequest, match=name):
                search(storage, columns=[column])
            with pytest.raises(InvalidRequest, match=name):
                search(storage, sort=[Sort(column=column)])

    def test_text_matches_anywhere_without_case(self, storage: Storage) -> None:
        """In name, key, tags and parameter values; all words must match; signs are only signs."""
        key = new_key()
        first, second = make_run(storage, key=key), make_run(storage)

        def job(session: Session) -> None:
            session.catalog.set_name(first, "Große Übung 100%_x")
            session.catalog.add_tags(first, ["Baseline"])
            session.catalog.put_parameters(first, {"optimizer": ("AdamW", "manual"), "lr": (0.25, "manual")})
            session.catalog.put_others(first, {"note": "hidden"})

        storage.write(job).result(WAIT_SECONDS)
        hits = [key, "ÜBUNG", "base LINE", "adamw", "0.25", "100%_", "adam", "  große   baseline "]
        for text in hits:
            assert first in runs_of(search(storage, text=text)), text
        for text in ["hidden", "optimizer", "100_", "adam nobody", "_%"]:
            assert search(storage, text=text).total == 0, text
        storage.write(lambda session: session.catalog.set_name(first, "other")).result(WAIT_SECONDS)
        storage.write(lambda session: session.catalog.set_tags(first, [])).result(WAIT_SECONDS)
        assert search(storage, text="übung").total == 0
        assert search(storage, text="baseline").total == 0
        assert set(runs_of(search(storage, text=" "))) == {first, second}

    def test_states_and_archive_filter(self, storage: Storage) -> None:
        """Archived experiments are a list of their own."""
        runs = make_runs(storage, [None] * 3)

        def job(session: Session) -> None:
            session.catalog.set_state(runs[0], State.FAILED, ended_at=1)
            session.catalog.set_archived(runs[1], True)

        storage.write(job).result(WAIT_SECONDS)
        assert runs_of(search(storage, states=[State.FAILED])) == [runs[0]]
        assert runs_of(search(storage, states=[State.FAILED, State.RUNNING])) == [runs[2], runs[0]]
        page = search(storage, is_archived=True)
        assert runs_of(page) == [runs[1]]
        assert page.experiments[0].is_archived
        storage.write(lambda session: session.catalog.set_archived(runs[1], False)).result(WAIT_SECONDS)
        assert search(storage).total == 3

    def test_columns_are_those_that_experiments_have(self, storage: Storage) -> None:
        """By kind and name; a column goes when its last experiment goes; other projects stay out."""
        first, second = make_runs(storage, [1, None])
        elsewhere = make_run(storage, "another")
        log_values(storage, second, MetricId("loss", "train"), [1.0])
        log_values(storage, first, MetricId("accuracy"), [1.0])
        log_values(storage, elsewhere, MetricId("elsewhere"), [1.0])
        storage.write(lambda session: session.catalog.put_others(second, {"lr": 1})).result(WAIT_SECONDS)
        with storage.read() as session:
            columns = session.catalog.list_columns("default", "general")
            assert list(session.catalog.list_columns("default", "nowhere")) == []
        assert list(columns) == [Column(kind="metric", name="accuracy"), LOSS, NOTE, LR]

        def delete(session: Session) -> None:
            session.metrics.delete(second)
            session.catalog.delete_experiment(second, now=9)

        storage.write(delete).result(WAIT_SECONDS)
        with storage.read() as session:
            assert list(session.catalog.list_columns("default", "general")) == [
                Column(kind="metric", name="accuracy"),
                LR,
            ]
