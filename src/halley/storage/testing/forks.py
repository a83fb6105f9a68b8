"""What every adapter has to do when a run is forked from another."""

from functools import partial
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from halley.errors import ArgumentError
from halley.storage.ports.storage import Session, Storage
from halley.storage.testing.make import WAIT_SECONDS, Point, log, log_values, make_run
from halley.storage.testing.metrics import (
    EVERY_X,
    LOSS,
    batches,
    check_chart,
    check_envelope,
    check_export,
    check_series,
    ranges,
    settings_of_suite,
    stretches,
)
from halley.storage.testing.model import ModelRun


class ForksContract:
    """See `Metrics.fork` in `storage.ports.metrics`."""

    exact_points: ClassVar[int] = 512
    """A chart of so few points is exact in every bucket."""

    long_points: ClassVar[int] = 40_000
    """Points of a series that is long."""

    @settings_of_suite
    @given(
        before=st.lists(st.one_of(batches, stretches, st.just("tidy")), min_size=1, max_size=5),
        step=st.integers(-30, 500),
        acts=st.lists(
            st.tuples(st.integers(0, 2), st.one_of(batches, stretches, st.sampled_from(["tidy", "delete", "fork"]))),
            max_size=8,
        ),
        data=st.data(),
    )
    def test_a_fork_is_what_its_parent_was_and_goes_its_own_way(
        self,
        storage: Storage,
        before: list[list[Point] | str],
        step: int,
        acts: list[tuple[int, list[Point] | str]],
        data: st.DataObject,
    ) -> None:
        """Parent, fork and fork of the fork are written, tidied and deleted in any order."""
        family = [(make_run(storage), ModelRun())]
        acts = [(0, act) for act in before] + [(0, "fork")] + acts
        for who, act in acts:
            run, model = family[who % len(family)]
            if act == "fork":
                child = make_run(storage)
                storage.write(partial(_fork, run=child, parent=run, step=step)).result(WAIT_SECONDS)
                family.append((child, model.fork(step)))
            elif act == "delete":
                while storage.write(partial(_delete, run=run)).result(WAIT_SECONDS):
                    pass
                family[who % len(family)] = (make_run(storage), ModelRun())
            elif act == "tidy":
                storage.write(partial(_tidy, run=run)).result(WAIT_SECONDS)
            elif not isinstance(act, str):
                log(storage, run, act)
                model.append(act)
        with storage.read() as session:
            for run, model in family:
                check_series(session, run, model)
                check_export(session, run, model)
                x = data.draw(st.sampled_from(EVERY_X))
                check_chart(session, run, model, x, None, None, 10_000, self.exact_points)
                low, high = data.draw(ranges(model, x))
                check_chart(session, run, model, x, low, high, data.draw(st.integers(1, 300)), self.exact_points)

    def test_a_fork_copies_no_point(self, storage: Storage) -> None:
        """It is there at once, however long its parent is; a long parent is drawn through it from summaries, too."""
        parent, run = make_run(storage), make_run(storage)
        values = np.sin(np.arange(self.long_points) / 3_000)
        log_values(storage, parent, LOSS, values)
        step = self.long_points - 100
        storage.write(partial(_fork, run=run, parent=parent, step=step)).result(WAIT_SECONDS)
        log_values(storage, run, LOSS, [7.0] * 50, first=step + 1)
        with storage.read() as session:
            (series,) = session.metrics.list_series(run)
            assert (series.count, series.last, series.max) == (step + 51, 7.0, 7.0)
            chart = session.metrics.draw([run], [LOSS], buckets=20)
            check_envelope(chart, np.arange(step + 51.0), np.concatenate([values[: step + 1], np.full(50, 7.0)]))

    def test_only_a_run_without_points_can_be_forked(self, storage: Storage) -> None:
        """What it has would have to be told from what it inherits."""
        parent, run = make_run(storage), make_run(storage)
        for one in (parent, run):
            log_values(storage, one, LOSS, [1.0])
        for child in (run, parent):
            with pytest.raises(ArgumentError, match="no points yet"):
                storage.write(partial(_fork, run=child, parent=parent, step=5)).result(WAIT_SECONDS)


def _fork(session: Session, run: int, parent: int, step: int) -> None:
    session.metrics.fork(run, parent, step)


def _delete(session: Session, run: int) -> bool:
    return session.metrics.delete(run)


def _tidy(session: Session, run: int) -> None:
    session.metrics.tidy(run)
