"""TensorBoard event files: written by tensorboardX, read by TensorBoard's own accumulator. No server."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from adapters import Base, Place


class _Run:
    def __init__(self, writer: Any, key: str):
        self._writer, self.key = writer, key

    def log(self, row: dict[str, float], step: int) -> None:
        add = self._writer.add_scalar
        for name, value in row.items():
            add(name, value, step)

    def finish(self) -> None:
        self._writer.close()


class Peer(Base):
    def __init__(self, place: Place):
        super().__init__(place)
        self._read: dict[str, Any] = {}

    def prepare(self) -> None:
        import_module("tensorboard.backend.event_processing.event_accumulator")  # before time is taken

    def start(self, name: str, parameters: dict[str, Any]) -> _Run:
        from tensorboardX import SummaryWriter

        writer = SummaryWriter(str(self.place.folder / name))
        if parameters:
            writer.add_hparams(parameters, {}, name="hparams")
        return _Run(writer, name)

    def count(self, keys: list[str]) -> tuple[int, int]:
        points = doubled = 0
        for key in keys:
            read = self._accumulate(key)
            for tag in read.Tags()["scalars"]:
                steps = [event.step for event in read.Scalars(tag)]
                points += len(steps)
                doubled += len(steps) - len(set(steps))
        return points, doubled

    def chart(self, keys: list[str]) -> int:
        self._read.clear()
        return sum(len(self._accumulate(key).Scalars("loss")) for key in keys)

    def _accumulate(self, key: str) -> Any:
        from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

        if key not in self._read:
            self._read[key] = EventAccumulator(str(self.place.folder / key), size_guidance={"scalars": 0})
        self._read[key].Reload()
        return self._read[key]
