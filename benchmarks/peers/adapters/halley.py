"""Halley: its SDK, `halley server`, and its HTTP API to read."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from typing import Any

from adapters import Base, Place, Served


class _Run:
    def __init__(self, experiment: Any):
        self._experiment = experiment
        self._log = experiment.log_metrics
        self.key = experiment.get_key()

    def log(self, row: dict[str, float], step: int) -> None:
        self._log(row, step=step)

    def finish(self) -> None:
        self._experiment.end()


class Peer(Base):
    @staticmethod
    def serve(python: str, port: int, place: Place) -> Served:
        command = [python, "-m", "halley.cli.main", "server", "--port", str(port), "--data", str(place.folder / "data")]
        return [command], {"HALLEY_HOME": str(place.folder / "home")}, "/api/v1/status"

    def start(self, name: str, parameters: dict[str, Any]) -> _Run:
        os.environ |= {"HALLEY_URL": self.place.url, "HALLEY_HOME": str(self.place.folder / "home")}
        import halley

        experiment = halley.Experiment(project_name=self.place.project, experiment_name=name, display_summary_level=0)
        if parameters:
            experiment.log_parameters(parameters)
        return _Run(experiment)

    def progress(self, keys: list[str]) -> int:
        """How many points the table counts of the first and the last metric, times the metrics there are."""
        place = f"projects/default/{self.place.project}/columns"
        known = self._ask(place, missing={"columns": []})["columns"]
        names = [column["name"] for column in known if column["kind"] == "metric"]
        if not names:
            return 0
        columns = [{"kind": "metric", "name": name, "value": "count"} for name in (names[0], names[-1])]
        rows = self._search(columns)["rows"]
        return sum(
            min(row["values"]) * len(names)
            for row in rows
            if row["experiment"]["key"] in keys and None not in row["values"]
        )

    def count(self, keys: list[str]) -> tuple[int, int]:
        """Reads every point by charts so narrow that each x is a bucket of its own."""
        points = doubled = 0
        for key in keys:
            metrics = self._ask(f"experiments/{key}", missing={"metrics": []})["metrics"]
            last = max((metric["last_step"] for metric in metrics), default=-1)
            for begin in range(0, len(metrics), 100):
                names = [{"name": metric["name"]} for metric in metrics[begin : begin + 100]]
                for low in range(0, last + 1, 4_000):
                    chart = self._chart([key], names, low=low, high=low + 3_999)
                    assert chart["width"] == 0, "a bucket holds several points"
                    counts = [count for line in chart["lines"] for count in line["count"]]
                    points += sum(counts)
                    doubled += sum(count - 1 for count in counts if count > 1)
        return points, doubled

    def search(self) -> int:
        loss = {"kind": "metric", "name": "loss"}
        columns = [{"kind": "parameter", "name": f"parameter_{i}"} for i in range(5)]
        columns += [{"kind": "metric", "name": name} for name in ("loss", "metric_1", "metric_2")]
        return len(self._search(columns, sort=[{"column": loss}])["rows"])

    def chart(self, keys: list[str]) -> int:
        chart = self._chart(keys, [{"name": "loss"}])
        return sum(count for line in chart["lines"] for count in line["count"])

    def _search(self, columns: list[dict[str, str]], **more: Any) -> Any:
        query = {"workspace": "default", "project": self.place.project, "columns": columns, "limit": 1000}
        return self._ask("experiments/search", query | more)

    def _chart(self, keys: list[str], metrics: list[dict[str, str]], **window: int) -> Any:
        return self._ask("metrics/chart", {"experiments": keys, "metrics": metrics, "buckets": 5_000} | window)

    def _ask(self, path: str, body: dict[str, Any] | None = None, missing: Any = None) -> Any:
        request = urllib.request.Request(
            f"{self.place.url}/api/v1/{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:
                return json.load(reply)
        except urllib.error.HTTPError as error:
            if error.code == 404 and missing is not None:
                return missing
            raise
