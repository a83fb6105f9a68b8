"""One measurement: one peer, one case, in a fresh folder with a fresh server. Each returns a dictionary of figures."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from adapters import Place
from processes import GaveUp, Server, Watch, Worker, disk_bytes, free_port


@dataclass(frozen=True)
class Contender:
    """A tool as it is measured: its adapter, the environment it lives in, the package whose version is told."""

    title: str
    adapter: str
    environment: str
    package: str
    is_async: bool = False


CONTENDERS = {
    "halley": Contender("Halley", "halley:Peer", "halley", "halley"),
    "mlflow": Contender("MLflow server, SQLite", "mlflow:Peer", "mlflow", "mlflow"),
    "mlflow-async": Contender("MLflow server, async", "mlflow:Peer", "mlflow", "mlflow", is_async=True),
    "trackio": Contender("Trackio server", "trackio:Peer", "trackio", "trackio"),
    "aim": Contender("Aim, local", "aim:Peer", "aim", "aim"),
    "aim-server": Contender("Aim server", "aim:Remote", "aim", "aim"),
    "tensorboard": Contender("TensorBoard files", "tensorboard:Peer", "tensorboard", "tensorboard"),
    "comet_ml": Contender("comet_ml offline", "comet:Peer", "comet_ml", "comet_ml"),
}


class Bench:
    """One contender in a folder of its own, with its server running and a reader ready."""

    def __init__(self, contender: Contender, python: str, folder: Path):
        self._contender, self._python, self.folder = contender, python, folder
        self._workers: list[Worker] = []
        port = free_port()
        place = Place(url="", folder=folder, is_async=contender.is_async)
        module, _, name = contender.adapter.partition(":")
        served = getattr(import_module(f"adapters.{module}"), name).serve(python, port, place)
        url = f"http://127.0.0.1:{port}"
        self.server = Server(served[0], served[1], url + served[2], folder / "server.log") if served else None
        self._place = {"url": url if served else "", "folder": str(folder), "is_async": contender.is_async}
        self.ready_s = self.server.start() if self.server else None
        try:
            self.reader = self.worker("read")
            self.reader.hear("ready", 60)
            self.reader.ask("prepare")
            self.reader.ask("progress", [])  # what it imports at first use, it imports now
            if self.server:
                self.server.settle()
        except BaseException:
            self.close()
            raise

    def worker(self, what: str, order: dict[str, Any] | None = None) -> Worker:
        worker = Worker(self._python, what, self._contender.adapter, self._place, order)
        self._workers.append(worker)
        return worker

    def trainers(self, count: int, **order: Any) -> list[Worker]:
        """Trainers with their runs open, waiting for a line to begin."""
        defaults = {"pace": 0, "seconds": 60.0}
        return [self.worker("train", defaults | order | {"number": number}) for number in range(count)]

    def close(self) -> None:
        for worker in self._workers:
            worker.close()
        if self.server:
            self.server.kill()


@contextmanager
def a_bench(contender: Contender, python: str) -> Iterator[Bench]:
    with tempfile.TemporaryDirectory(prefix="peers-", ignore_cleanup_errors=True) as folder:
        bench = Bench(contender, python, Path(folder))
        try:
            yield bench
        finally:
            bench.close()


def wait_for(bench: Bench, keys: list[str], wanted: int, deadline: float) -> tuple[int, float | None]:
    """Ask until so many points can be read; returns how many can, and when they all could (None: not in time)."""
    points = 0
    while (left := deadline - time.monotonic()) > 0:
        try:
            said = bench.reader.ask("progress", keys, timeout=left)
        except GaveUp:  # a busy server has not answered
            break
        points = said["answer"] or 0
        if points >= wanted:
            counted = bench.reader.ask("count", keys, timeout=300)["answer"]
            if counted and counted[0] >= wanted:
                return counted[0], said["at"]
        time.sleep(max(0.01, said["at"] - said["began"]))
    return points, None


def throughput(bench: Bench, processes: int, steps: int, metrics: int, limit: float) -> dict[str, Any]:
    """Log as fast as it goes, until all can be read from outside or `limit` seconds are over.

    Trainers stop logging after three quarters of the limit and are killed when it is over. What can be read then
    counts.
    """
    trainers = bench.trainers(processes, steps=steps, metrics=metrics, seconds=limit * 0.75)
    keys = [trainer.hear("ready", 240)["key"] for trainer in trainers]
    idle_mb = bench.server.memory_mb() if bench.server else None
    watch = Watch(bench.server) if bench.server else None
    server_cpu = bench.server.cpu_seconds() if bench.server else 0.0
    began = time.monotonic()
    for trainer in trainers:
        trainer.tell()
    deadline = began + limit
    logged = []
    for trainer in trainers:
        with suppress(GaveUp):  # a call that has not returned
            logged.append(trainer.hear("logged", deadline - time.monotonic()))
    wanted = sum(one["steps"] for one in logged) * metrics
    points, all_at = wait_for(bench, keys, wanted, deadline) if len(logged) == processes else (0, None)
    if all_at is None:  # what was on its way may still arrive: that is in the tool's favour
        for trainer in trainers:
            trainer.close()
        points = bench.reader.ask("progress", keys, timeout=300)["answer"] or 0
    server_cpu = (bench.server.cpu_seconds() - server_cpu) if bench.server else 0.0
    loaded_mb = watch.stop() if watch else None
    figures = {
        "wanted": steps * metrics * processes,
        "logged": wanted,
        "readable": points,
        "is_complete": all_at is not None,
        "is_stuck": len(logged) < processes,
        "seconds": (all_at or deadline) - began,
        "call_us": statistics.median(one["median_us"] for one in logged) if logged else None,
        "errors": sum(one["errors"] for one in logged),
        "idle_mb": idle_mb,
        "loaded_mb": loaded_mb,
        "ready_s": bench.ready_s,
    }
    figures["rate"] = points / figures["seconds"]
    if all_at is None:
        return figures
    cpu = sum(trainer.hear("finished", 60)["cpu_s"] for trainer in trainers)
    figures |= {"cpu_s": cpu + server_cpu, "server_cpu_s": server_cpu}
    counted = bench.reader.ask("count", keys, timeout=300)["answer"]
    figures |= {"lost": wanted - (counted[0] - counted[1]), "doubled": counted[1]}
    time.sleep(3)  # what a server still does about a finished run
    bench.reader.close()
    for trainer in trainers:
        trainer.close()
    if bench.server:
        bench.server.stop()
    figures["bytes_per_point"] = disk_bytes(bench.folder) / wanted
    return figures


def project(bench: Bench, runs: int, limit: float) -> dict[str, Any]:
    """Fill a project from four processes, then read a sorted table of it and a chart of 100 runs, five times each."""
    each = runs // 4
    orders = [{"first": n * each, "runs": each, "steps": 100, "metrics": 3, "seconds": limit} for n in range(4)]
    began = time.monotonic()
    loaders = [bench.worker("load", order) for order in orders]
    keys = [key for loader in loaders for key in loader.hear("loaded", limit + 120)["keys"]]
    figures: dict[str, Any] = {"runs": len(keys), "load_s": time.monotonic() - began}
    wait_for(bench, keys[-1:], 300, time.monotonic() + 30)
    bench.reader.ask("recover", timeout=300)
    for what, asked in (("search", None), ("chart", keys[:100])):
        answers = [bench.reader.ask(what, asked, timeout=300) for _ in range(5)]
        figures[f"{what}_got"] = answers[-1]["answer"]
        figures[f"{what}_error"] = answers[-1].get("error")
        figures[f"{what}_ms"] = [(one["at"] - one["began"]) * 1e3 for one in answers]
    return figures


def kill_trainer(bench: Bench, limit: float) -> dict[str, Any]:
    """Kill -9 of a trainer that logs 250 steps of 4 metrics a second, after 4 seconds; what can be read then?"""

    def kill(trainer: Worker) -> dict[str, Any]:
        trainer.kill()
        return {}

    return _kill(bench, limit, kill)


def kill_server(bench: Bench, limit: float) -> dict[str, Any]:
    """Kill -9 of the server after 4 of 10 seconds of such a training, and a start of it 3 seconds later."""

    def kill(trainer: Worker) -> dict[str, Any]:
        assert bench.server is not None
        bench.server.kill()
        time.sleep(3)
        bench.server.start()
        longest = trainer.hear("logged", 120)["longest_s"]
        trainer.hear("finished", 120)
        return {"longest_s": longest}

    return _kill(bench, limit, kill)


def _kill(bench: Bench, limit: float, kill: Callable[[Worker], dict[str, Any]]) -> dict[str, Any]:
    book = bench.folder / "logged"
    book.write_bytes(b"0")
    trainer = bench.trainers(1, steps=2_500, metrics=4, pace=250, seconds=15.0, logged=str(book))[0]
    key = trainer.hear("ready", 120)["key"]
    trainer.tell()
    soon = time.monotonic() + 4
    while time.monotonic() < soon or (int(book.read_bytes()) < 10 and time.monotonic() < soon + 60):
        time.sleep(0.05)
    figures: dict[str, Any] = {}
    try:
        figures = kill(trainer)
    except GaveUp as error:
        figures["problem"] = str(error)
    logged = int(book.read_bytes()) * 4
    time.sleep(1)
    bench.reader.ask("recover", timeout=120)
    points, _ = wait_for(bench, [key], logged, time.monotonic() + min(limit, 20))
    counted = bench.reader.ask("count", [key], timeout=120)["answer"]
    doubled = counted[1] if counted else 0
    points = counted[0] - doubled if counted else points
    return figures | {"logged": logged, "readable": points, "doubled": doubled, "errors": trainer.errors[:3]}
