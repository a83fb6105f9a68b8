"""What every adapter of the catalogue port has to do when it sorts: the same as sorting what is known of each."""

import math
import random
from collections.abc import Sequence
from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st

from halley.core.experiment import State
from halley.core.metric import MetricId
from halley.core.parameter import Value
from halley.storage.ports.catalog import Column, Experiment, Sort
from halley.storage.ports.metrics import Series
from halley.storage.ports.storage import Session, Storage
from halley.storage.testing.make import WAIT_SECONDS, log_values, make_run, new_key, to_columns
from halley.storage.testing.metrics import settings_of_suite

_LONG = "x" * 99
_VALUES: list[Value] = [None, 1, 2.5, -math.inf, True, 2**60, "adam", "Sgd", "", f"{_LONG}éa", f"{_LONG}éb", math.nan]
_NUMBERS = [0.0, 1.0, 1.0, -2.5, math.nan, math.inf, -math.inf]
_LOSS, _SCORE = MetricId("loss"), MetricId("score", "val")

_COLUMNS = [
    *(
        Column(kind="field", name=name)
        for name in "name state started_at ended_at duration tags number host command key".split()
    ),
    *(Column(kind=kind, name=name) for kind in ("parameter", "other") for name in ("lr", "nowhere")),
    *(
        Column(kind="metric", name=name, context=context, value=value)
        for name, context in (_LOSS, _SCORE, ("nowhere", ""))
        for value in ("last", "min", "max", "count", "step")
    ),
]


class _Known:
    """What the ports say of one experiment."""

    def __init__(self, session: Session, run: int) -> None:
        found = session.catalog.get_experiment(run)
        assert found is not None
        self.experiment: Experiment = found
        self.facts = {
            "parameter": {name: value for name, (value, _) in session.catalog.get_parameters(run).items()},
            "other": session.catalog.get_others(run),
        }
        self.series: dict[MetricId, Series] = {one.metric: one for one in session.metrics.list_series(run)}

    def value(self, column: Column) -> Value:
        """What the experiment sorts by in a column."""
        one = self.experiment
        if column.kind == "metric":
            series = self.series.get(MetricId(column.name, column.context))
            if series is None:
                return None
            shown = {
                "last": series.last,
                "min": series.min,
                "max": series.max,
                "count": series.count,
                "step": series.last_step,
            }[column.value]
            return None if shown is None or math.isnan(shown) else shown
        if column.kind != "field":
            return self.facts[column.kind].get(column.name)
        if column.name == "duration":
            return max(0, (one.heard_at if one.ended_at is None else one.ended_at) - one.started_at)
        if column.name == "tags":
            return min(one.tags, default=None)
        value: Value = getattr(one, column.name)
        return value

    def has(self, word: str) -> bool:
        """Whether a search by text finds the experiment."""
        values = ["" if value is None else str(value) for value in self.facts["parameter"].values()]
        texts = (self.experiment.name, self.experiment.key, *self.experiment.tags, *values)
        return any(word in text.lower() for text in texts)


def _sort(known: Sequence[_Known], sort: Sequence[Sort]) -> list[int]:
    """Sort by one entry after the other, the last one first: what is equal stays as it is."""
    is_descending = sort[0].is_descending if sort else True
    rows = sorted(known, key=lambda one: one.experiment.number, reverse=is_descending)
    for entry in reversed(sort):
        there = [one for one in rows if one.value(entry.column) is not None]
        there.sort(key=lambda one: _rank(one.value(entry.column)), reverse=entry.is_descending)
        rows = there + [one for one in rows if one.value(entry.column) is None]
    return [one.experiment.run for one in rows]


def _rank(value: Value) -> tuple[int, float, str]:
    return (1, 0.0, value[:100]) if isinstance(value, str) else (0, float(value or 0), "")


def _make(session: Session, chosen: random.Random, project: str, count: int) -> list[int]:
    """Experiments that have much in common."""
    catalog = session.catalog
    project_id = catalog.ensure_project("default", project, now=1_000)
    runs = [catalog.ensure_experiment(project_id, new_key(), now=1_000 + place // 3)[0] for place in range(count)]
    for run in runs:
        catalog.set_name(run, chosen.choice(["red", "blue", "Blue", f"{_LONG}éa", f"{_LONG}éb"]))
        catalog.put_parameters(run, {"lr": (chosen.choice(_VALUES), "manual")} if chosen.random() < 0.7 else {})
        catalog.put_others(run, {"lr": chosen.choice(_VALUES)} if chosen.random() < 0.5 else {})
        catalog.add_tags(run, chosen.sample(["a", "b", "c"], chosen.randrange(3)))
        if chosen.random() < 0.5:
            told = {"host": chosen.choice(["h1", "h2"]), "command": chosen.choice(["train", f"{_LONG}éa"])}
            catalog.describe_start(run, started_at=chosen.randrange(900, 1_100), process=1, source="halley", **told)
    return runs


def _live(session: Session, chosen: random.Random, runs: Sequence[int]) -> None:
    """What happens to experiments, in any order: points, ends, points after the end, tidying, archiving."""
    for run in chosen.choices(runs, k=3 * len(runs)):
        match chosen.randrange(8):
            case 0 | 1 | 2:
                metric, step = chosen.choice([_LOSS, _SCORE]), chosen.randrange(3)
                session.metrics.append(run, to_columns([(metric, step, 1_000, 0.0, chosen.choice(_NUMBERS))]))
            case 3 | 4:
                state = chosen.choice([State.FINISHED, State.FAILED])
                session.catalog.set_state(run, state, ended_at=chosen.randrange(950, 1_050))
            case 5:
                session.catalog.set_state(run, State.RUNNING)
            case 6:
                session.catalog.hear(run, now=chosen.randrange(1_000, 1_100))
            case 7 if chosen.random() < 0.3:
                session.metrics.tidy(run)
            case _ if chosen.random() < 0.1:
                session.catalog.set_archived(run, chosen.random() < 0.7)


class SortContract:
    """See `Catalog.search_experiments`."""

    @settings(settings_of_suite, max_examples=3)
    @given(chosen=st.randoms(use_true_random=True))
    def test_sorting_is_sorting_what_is_known(self, storage: Storage, chosen: random.Random) -> None:
        """By any columns, of many or of few that match, page by page, whatever happened to the experiments."""
        project = f"sorted {new_key()}"
        runs = storage.write(lambda session: _make(session, chosen, project, 75)).result(WAIT_SECONDS)
        for _ in range(2):
            storage.write(lambda session: _live(session, chosen, runs)).result(WAIT_SECONDS)
            gone = runs.pop(chosen.randrange(len(runs)))
            storage.write(partial(_delete, gone)).result(WAIT_SECONDS)
            with storage.read() as session:
                known = [_Known(session, run) for run in runs]
                for _ in range(25):
                    _check_question(session, chosen, project, known)

    def test_points_after_the_end_count(self, storage: Storage) -> None:
        """A run that ended is sorted by what it says afterwards too; so is one that goes on and one that was lost."""
        runs = [make_run(storage) for _ in range(40)]
        for place, run in enumerate(runs):
            log_values(storage, run, _LOSS, [float(place)])

        def end(session: Session) -> None:
            for run in runs[:30]:
                session.catalog.set_state(run, State.FINISHED, ended_at=2_000)
            assert set(session.catalog.lose_silent(heard_before=9_000, latest=9_000)) == set(runs[30:])

        storage.write(end).result(WAIT_SECONDS)
        assert _find_best(storage) == runs[-1]
        for place, run in ((7, runs[7]), (35, runs[35])):
            log_values(storage, run, _LOSS, [100.0 + place], first=1)
            assert _find_best(storage) == run
        log_values(storage, runs[35], _LOSS, [-1.0], first=2)
        assert _find_best(storage) == runs[7]
        storage.write(lambda session: session.catalog.set_state(runs[35], State.FINISHED, ended_at=3)).result(
            WAIT_SECONDS
        )
        assert _find_best(storage) == runs[7]
        assert _find_best(storage, is_descending=False) == runs[35]
        heir = make_run(storage)

        def inherit(session: Session) -> None:
            session.catalog.set_state(heir, State.FINISHED, ended_at=3)
            session.metrics.fork(heir, runs[7], step=1)

        storage.write(inherit).result(WAIT_SECONDS)
        assert _find_best(storage) == heir  # as good as its parent, and newer
        storage.write(lambda session: session.metrics.delete_metric(runs[35], _LOSS)).result(WAIT_SECONDS)
        assert _find_best(storage, is_descending=False) == runs[0]


def _delete(run: int, session: Session) -> None:
    session.metrics.delete(run)
    session.catalog.delete_experiment(run, now=5)


def _find_best(storage: Storage, *, is_descending: bool = True) -> int:
    sort = [Sort(column=Column(kind="metric", name=_LOSS.name), is_descending=is_descending)]
    with storage.read() as session:
        return session.catalog.search_experiments("default", "general", sort=sort, limit=1).experiments[0].run


def _check_question(session: Session, chosen: random.Random, project: str, known: Sequence[_Known]) -> None:
    sort = [
        Sort(column=column, is_descending=chosen.random() < 0.5)
        for column in chosen.sample(_COLUMNS, chosen.choice([0, 1, 1, 1, 2, 3]))
    ]
    states = chosen.choice([[], [], [State.FINISHED], [State.FINISHED, State.RUNNING], [State.KILLED]])
    text = chosen.choice(["", "", "", "blue", "a", "adam x"])
    is_archived = chosen.random() < 0.1
    matching = [
        one
        for one in known
        if one.experiment.is_archived == is_archived
        and (not states or one.experiment.state in states)
        and all(one.has(word) for word in text.split())
    ]
    expected = _sort(matching, sort)
    for offset, limit in ((0, 1), (0, 2), (1, 1), (0, 1_000), (chosen.randrange(80), 3)):
        page = session.catalog.search_experiments(
            "default", project, text=text, states=states, is_archived=is_archived, sort=sort, offset=offset, limit=limit
        )
        assert page.total == len(expected), (sort, states, text)
        found = [one.run for one in page.experiments]
        assert found == expected[offset : offset + limit], (sort, states, text, is_archived, offset, limit)
