"""Fill a server with experiments as a sender would post them, for looking at pages."""

from __future__ import annotations

import struct
import urllib.request
from collections.abc import Sequence

from halley.core.output import OutputLine
from halley.wire.batch import MEDIA_TYPE, Batch, Points, encode_batch
from halley.wire.records import AddTags, AnyRecord, End, Name, Output, Parameter, Start

NOW = 1_790_000_000_000
LONG = "a-rather-long-name-for-an-experiment-with-warmup-cosine-decay-label-smoothing-and-more-{}"


def key_of(project: str, number: int) -> str:
    """The key of a seeded experiment."""
    return f"{project.replace('-', '')}{number:06}".ljust(32, "0")


def seed(
    url: str,
    project: str,
    number: int,
    *,
    steps: int = 20,
    metrics: Sequence[str] = ("loss", "accuracy"),
    state: str = "finished",
    lines: Sequence[str] = (),
) -> str:
    """Post one experiment; returns its key. Its learning rate is number / 1000, its loss falls from number + 1."""
    start = NOW + number * 60_000
    values = [
        [(number + 1) / (step + 1) if name.endswith("loss") else step / steps for step in range(steps)]
        for name in metrics
    ]
    count = steps * len(metrics)
    records: list[AnyRecord] = [
        Start(time=start, workspace="default", project=project, host="node-1", process=1, command="python train.py"),
        Parameter(time=start, name="lr", value=number / 1000),
        Parameter(time=start, name="optimizer", value=("adam", "lion", "sgd")[number % 3]),
        AddTags(time=start, tags=("even" if number % 2 == 0 else "odd",)),
    ]
    if number % 7 == 0:
        records.append(Name(time=start, name=LONG.format(number)))
    if lines:
        records.append(
            Output(
                time=start,
                lines=tuple(OutputLine(i, 1 + (i % 10 == 9), start + i, text) for i, text in enumerate(lines)),
            )
        )
    if state != "running":
        reason = "RuntimeError: out of memory" if state == "failed" else ""
        records.append(
            End(time=start + steps * 1000, state=state, reason=reason, traceback=reason and f"Traceback\n{reason}")
        )  # type: ignore[arg-type]
    points = Points(
        metrics=tuple((name, "") for name in metrics),
        metric=struct.pack(f"<{count}I", *(place for place in range(len(metrics)) for _ in range(steps))),
        step=struct.pack(f"<{count}q", *(step for _ in metrics for step in range(steps))),
        time=struct.pack(f"<{count}q", *(start + step * 1000 for _ in metrics for step in range(steps))),
        epoch=struct.pack(f"<{count}d", *(step / 10 for _ in metrics for step in range(steps))),
        value=struct.pack(f"<{count}d", *(value for series in values for value in series)),
    )
    key = key_of(project, number)
    batch = Batch(
        experiment_key=key,
        workspace="default",
        project=project,
        writer=f"{number:032x}",
        first=0,
        count=count + len(records),
        records=tuple(records),
        points=points,
    )
    request = urllib.request.Request(f"{url}/api/v1/ingest", encode_batch(batch), {"Content-Type": MEDIA_TYPE})
    urllib.request.urlopen(request, timeout=60).close()
    return key
