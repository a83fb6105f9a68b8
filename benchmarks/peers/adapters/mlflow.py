"""MLflow: `mlflow server` with its default SQLite back end; `log_metrics` with or without its asynchronous logging."""

from __future__ import annotations

import json
import os
import urllib.parse
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any

from adapters import Base, Place, Served


class _Run:
    def __init__(self, mlflow: Any, key: str, is_synchronous: bool):
        self._mlflow, self.key, self._is_synchronous = mlflow, key, is_synchronous

    def log(self, row: dict[str, float], step: int) -> None:
        self._mlflow.log_metrics(row, step=step, synchronous=self._is_synchronous)

    def finish(self) -> None:
        if not self._is_synchronous:
            self._mlflow.flush_async_logging()
        self._mlflow.end_run()


class Peer(Base):
    @staticmethod
    def serve(python: str, port: int, place: Place) -> Served:
        store = f"sqlite:///{place.folder / 'mlflow.db'}"
        command = [str(Path(python).parent / "mlflow"), "server", "--port", str(port), "--backend-store-uri", store]
        quiet = {"MLFLOW_DISABLE_TELEMETRY": "true"}
        return [[*command, "--artifacts-destination", str(place.folder / "artifacts")]], quiet, "/health"

    def prepare(self) -> None:
        self._client()[0].set_experiment(self.place.project)

    def start(self, name: str, parameters: dict[str, Any]) -> _Run:
        mlflow, _ = self._client()
        mlflow.set_experiment(self.place.project)
        run = mlflow.start_run(run_name=name)
        if parameters:
            mlflow.log_params(parameters)
        return _Run(mlflow, run.info.run_id, not self.place.is_async)

    def load(self, name: str, parameters: dict[str, Any], rows: list[dict[str, float]]) -> str:
        from mlflow.entities import Metric, Param

        _, client = self._client()
        experiment = client.get_experiment_by_name(self.place.project)
        run = client.create_run(experiment.experiment_id, run_name=name).info.run_id
        points = [Metric(key, value, step, step) for step, row in enumerate(rows) for key, value in row.items()]
        client.log_batch(run, metrics=points, params=[Param(key, str(value)) for key, value in parameters.items()])
        client.set_terminated(run)
        return str(run)

    def progress(self, keys: list[str]) -> int:
        return sum(int(metric["step"]) + 1 for key in keys for metric in self._latest(key))

    def count(self, keys: list[str]) -> tuple[int, int]:
        _, client = self._client()
        points = doubled = 0
        for key in keys:
            for metric in self._latest(key):
                steps = Counter(point.step for point in client.get_metric_history(key, metric["key"]))
                points += steps.total()
                doubled += steps.total() - len(steps)
        return points, doubled

    def search(self) -> int:
        mlflow, _ = self._client()
        frame = mlflow.search_runs(
            experiment_names=[self.place.project], order_by=["metrics.loss ASC"], max_results=1000
        )
        return len(frame)

    def chart(self, keys: list[str]) -> int:
        _, client = self._client()
        return sum(len(client.get_metric_history(key, "loss")) for key in keys)

    def _latest(self, key: str) -> list[dict[str, Any]]:
        query = urllib.parse.urlencode({"run_id": key})
        with urllib.request.urlopen(f"{self.place.url}/api/2.0/mlflow/runs/get?{query}", timeout=60) as reply:
            metrics: list[dict[str, Any]] = json.load(reply)["run"]["data"].get("metrics", [])
        return metrics

    def _client(self) -> tuple[Any, Any]:
        os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
        import mlflow

        mlflow.set_tracking_uri(self.place.url)
        return mlflow, mlflow.MlflowClient()
