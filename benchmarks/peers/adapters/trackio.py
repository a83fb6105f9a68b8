"""Trackio: its own self-hosted server (`trackio show`), `trackio.init(server_url=...)`, and its HTTP API to read."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from adapters import Base, Place, Served

_TOKEN = "peers"
_RUNS_AT_A_TIME = 64
"""More are refused in one call."""
_OFFLINE = {"HF_HUB_OFFLINE": "1", "TRACKIO_WRITE_TOKEN": _TOKEN}


class _Run:
    def __init__(self, trackio: Any, key: str):
        self._trackio, self.key = trackio, key

    def log(self, row: dict[str, float], step: int) -> None:
        self._trackio.log(row, step=step)

    def finish(self) -> None:
        self._trackio.finish()


class Peer(Base):
    @staticmethod
    def serve(python: str, port: int, place: Place) -> Served:
        command = [str(Path(python).parent / "trackio"), "show"]
        there = {"TRACKIO_DIR": str(place.folder / "server"), "GRADIO_SERVER_PORT": str(port), "BROWSER": "true"}
        return [command], _OFFLINE | there, "/version"

    def start(self, name: str, parameters: dict[str, Any]) -> _Run:
        os.environ |= _OFFLINE | {"TRACKIO_DIR": str(self.place.folder / "client")}
        import trackio

        run = trackio.init(
            project=self.place.project,
            name=name,
            config=parameters or None,
            server_url=f"{self.place.url}/?write_token={_TOKEN}",
            embed=False,
            auto_log_gpu=False,
            auto_log_cpu=False,
        )
        return _Run(trackio, run.id)

    def progress(self, keys: list[str]) -> int:
        """Rows times the width of one: every row of a measurement is as wide."""
        where = f"FROM metrics WHERE run_id IN ({', '.join(repr(key) for key in keys)})"
        wide = self._query(f"SELECT metrics {where} LIMIT 1")
        return self._query(f"SELECT COUNT(*) AS n {where}")[0]["n"] * len(json.loads(wide[0]["metrics"])) if wide else 0

    def count(self, keys: list[str]) -> tuple[int, int]:
        """Reads every row by SQL, since the call for charts gives at most 3,000 rows of a run."""
        points, seen = 0, set()
        for key in keys:
            last = 0
            while rows := self._query(
                f"SELECT id, step, metrics FROM metrics WHERE run_id = {key!r} AND id > {last} ORDER BY id LIMIT 5000"
            ):
                last = rows[-1]["id"]
                found = [(key, row["step"], name) for row in rows for name in json.loads(row["metrics"])]
                points += len(found)
                seen.update(found)
        return points, points - len(seen)

    def search(self) -> int:
        configs = self._ask("/get_run_configs", self.place.project)
        last = self._query(
            "SELECT run_id, run_name, MAX(step), json_extract(metrics, '$.loss') loss, "
            "json_extract(metrics, '$.metric_1') metric_1, json_extract(metrics, '$.metric_2') metric_2 "
            "FROM metrics GROUP BY run_id ORDER BY loss"
        )
        return sum(1 for row in last if row["run_id"] in configs)

    def chart(self, keys: list[str]) -> int:
        return sum("loss" in log for log in self._logs(keys))

    def _logs(self, keys: list[str]) -> list[dict[str, Any]]:
        logs = []
        for begin in range(0, len(keys), _RUNS_AT_A_TIME):
            runs = [{"run": key, "run_id": key} for key in keys[begin : begin + _RUNS_AT_A_TIME]]
            batch = self._ask(
                "/get_logs_batch", project=self.place.project, runs=runs, max_points=None, scalar_only=True
            )
            logs += [log for run in batch for log in run["logs"]]
        return logs

    def _query(self, text: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self._ask("/query_project", project=self.place.project, query=text)["rows"]
        return rows

    def _ask(self, name: str, *arguments: Any, **named: Any) -> Any:
        os.environ |= _OFFLINE
        from trackio.remote_client import RemoteClient

        self._remote = getattr(self, "_remote", None) or RemoteClient(self.place.url, write_token=_TOKEN)
        return self._remote.predict(*arguments, api_name=name, **named)
