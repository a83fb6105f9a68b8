"""Aim: a local repository or its tracking server, read through its SDK from the repository.

A run can be read when it is in the index, which `aim up` keeps, so that this runs beside in both ways of use.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from adapters import Base, Place, Served


class _Run:
    def __init__(self, run: Any):
        self._run, self.key = run, run.hash

    def log(self, row: dict[str, float], step: int) -> None:
        self._run.track(row, step=step)

    def finish(self) -> None:
        self._run.close()


class Peer(Base):
    @staticmethod
    def serve(python: str, port: int, place: Place) -> Served:
        aim, repository = str(Path(python).parent / "aim"), ["--repo", str(place.folder)]
        subprocess.run([aim, "init", *repository, "--skip-if-exists"], check=True, capture_output=True)
        return [[aim, "up", *repository, "--host", "127.0.0.1", "--port", str(port), "-y"]], {}, "/"

    def start(self, name: str, parameters: dict[str, Any]) -> _Run:
        from aim import Run

        run = Run(
            repo=self._target(), experiment=self.place.project, system_tracking_interval=None, log_system_params=False
        )
        run.name = name
        for key, value in parameters.items():
            run[key] = value
        return _Run(run)

    def count(self, keys: list[str]) -> tuple[int, int]:
        from aim import Run

        points = doubled = 0
        for key in keys:
            try:
                run = Run(key, repo=str(self.place.folder), read_only=True)
            except ValueError:  # not written yet
                continue
            for metric in run.metrics():
                steps, _ = metric.values.sparse_numpy()
                points += len(steps)
                doubled += len(steps) - len(set(steps.tolist()))
        return points, doubled

    def recover(self) -> None:
        self._aim("storage", "--repo", str(self.place.folder), "reindex", answer="y\n")

    def search(self) -> int:
        rows = []
        for found in self._repository().query_runs("run.parameter_0 >= 0", report_mode=0).iter_runs():
            run = found.run
            last = {metric.name: metric.values.last_value() for metric in run.metrics()}
            rows.append([run.hash, run.name, *(run[f"parameter_{i}"] for i in range(5)), last])
        rows.sort(key=lambda row: row[-1]["loss"])
        return len(rows)

    def chart(self, keys: list[str]) -> int:
        query = f"metric.name == 'loss' and run.hash in {keys!r}"
        found = self._repository().query_metrics(query, report_mode=0)
        return sum(len(metric.values.sparse_numpy()[0]) for run in found.iter_runs() for metric in run.iter())

    def _repository(self) -> Any:
        from aim import Repo

        return Repo(str(self.place.folder))

    def _target(self) -> str:
        return str(self.place.folder)

    @staticmethod
    def _aim(*arguments: str, answer: str = "") -> None:
        command = [str(Path(sys.executable).parent / "aim"), *arguments]
        subprocess.run(command, input=answer.encode(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)


class Remote(Peer):
    """Trainings send to Aim's tracking server."""

    @staticmethod
    def serve(python: str, port: int, place: Place) -> Served:
        (up,), _, path = Peer.serve(python, port, place)
        server = ["server", "--repo", str(place.folder), "--host", "127.0.0.1", "--port", str(port), "-y"]
        up[up.index("--port") + 1] = str(port + 1)
        return [[up[0], *server], up], {}, path

    def _target(self) -> str:
        return self.place.url.replace("http://", "aim://")
