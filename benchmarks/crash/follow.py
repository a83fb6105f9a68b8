"""A live chart, as a browser keeps it: drawn once, then only what is new since its cursor, across crashes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from benchmarks.crash.model import ModelRun, check_chart

Chart = dict[str, Any]


class Asks(Protocol):
    """What asks a server, see `load.Line`."""

    def draw(self, **query: object) -> Chart:
        """Draw a chart."""


class Follower:
    """A chart of some runs that is kept up to date.

    Args:
        runs: Whose `loss` is drawn.
        axis: By what.
        buckets: In how many buckets.
    """

    def __init__(self, runs: Sequence[ModelRun], axis: str, buckets: int) -> None:
        self._runs = runs
        self._axis = axis
        self._buckets = buckets
        self._chart: Chart | None = None
        self._joints = 0

    @property
    def is_over(self) -> bool:
        """Whether a run of it is gone."""
        return any(run.is_deleting for run in self._runs)

    def follow(self, line: Asks) -> None:
        """Ask for what is new.

        Raises:
            OSError: the server is gone.
        """
        since = "" if self._chart is None else self._chart["cursor"]
        news = line.draw(
            experiments=[run.key for run in self._runs], metrics=[{"name": "loss", "context": "train"}],
            x=self._axis, buckets=self._buckets, since=since,
        )  # fmt: skip
        if self._chart is None or news["begin"] is None:
            self._chart, self._joints = news, 0
        else:
            self._chart, self._joints = add_news(self._chart, news), self._joints + 1

    def check(self) -> None:
        """Compare the chart with the dictionary."""
        assert self._chart is not None
        name = ("loss", "train")
        wanted = {(run.key, name): run.place(name, self._axis, None, None) for run in self._runs if name in run.series}
        check_chart(self._chart, wanted, self._buckets, joints=self._joints)


def add_news(chart: Chart, news: Chart) -> Chart:
    """What stood before `begin` stays; lines that came take the place of what was there from it on; others grow."""
    begin = news["begin"]
    x = chart["x"][:begin] + news["x"] if news["x"] else chart["x"]
    came = {_name(line): line for line in news["lines"]}
    lines = [_continue(line, came.get(_name(line)), begin, len(x)) for line in chart["lines"]]
    return {**news, "x": x, "width": news["width"] if news["x"] else chart["width"], "lines": lines}


def _name(line: Chart) -> tuple[str, str, str]:
    return line["experiment"], line["metric"]["name"], line["metric"]["context"]


def _continue(line: Chart, fresh: Chart | None, begin: int, length: int) -> Chart:
    whole = _fill(line)
    if fresh is not None:
        new = _fill(fresh)
        return {**line, **{field: whole[field][:begin] + new[field] for field in whole}}
    missing = length - len(line["count"])
    nothing = {"count": 0, "odd": 0, "mean": None, "min": None, "max": None}
    return {**line, **{field: whole[field] + [nothing[field]] * missing for field in whole}}


def _fill(line: Chart) -> dict[str, list[Any]]:
    """A line's columns; the server leaves out extremes that equal the means, and counts that are all 0."""
    return {
        "count": line["count"],
        "mean": line["mean"],
        "min": line["mean"] if line["min"] is None else line["min"],
        "max": line["mean"] if line["max"] is None else line["max"],
        "odd": [0] * len(line["count"]) if line["odd"] is None else line["odd"],
    }
