"""Write the golden files of this version. Run once per release that changes a format; never edit old ones.

    python tests/golden/write.py 0.1.0

Makes `tests/golden/VERSION/`: `journals/` as the SDK leaves it offline, `batch.bin` as the sender posts it, and
`halley.db.zst`, the database of a server that took that journal.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import zstandard

from halley.core.output import OutputLine
from halley.server.ingest.apply import Said
from halley.server.ingest.take import take
from halley.storage.open import DATABASE_FILE, open_storage
from halley.wire.batch import Batch, Points, decode_batch, encode_batch
from halley.wire.records import AddTags, End, Name, Other, Output, Parameter, Start

HERE = Path(__file__).resolve().parent
KEY = "golden" + "0" * 26
SCRIPT = f"""
import halley
experiment = halley.start(project_name="golden", experiment_key="{KEY}")
experiment.set_name("golden run")
experiment.log_parameters({{"lr": 0.1, "model": {{"depth": 3}}, "note": "text"}})
experiment.log_other("other", 5)
experiment.add_tag("tag")
with experiment.train():
    for step in range(1000):
        experiment.log_metric("loss", 1 / (step + 1), step=step, epoch=step / 100)
experiment.log_metric("odd", float("nan"))
experiment.log_metric("odd", float("-inf"))
print("printed")
experiment.end()
"""


def a_batch() -> Batch:
    """A batch with every kind of record."""
    import struct

    count = 300
    points = Points(
        metrics=(("loss", "train"), ("odd", "")),
        metric=struct.pack(f"<{count}I", *(number % 2 for number in range(count))),
        step=struct.pack(f"<{count}q", *range(count)),
        time=struct.pack(f"<{count}q", *(1_700_000_000_000 + number for number in range(count))),
        epoch=struct.pack(f"<{count}d", *(number / 10 for number in range(count))),
        value=struct.pack(f"<{count}d", *(float("nan") if number % 50 == 1 else number / 2 for number in range(count))),
    )
    now = 1_700_000_000_000
    records = (
        Start(time=now, workspace="default", project="golden", host="host", process=1, command="python train.py"),
        Parameter(time=now, name="lr", value=0.1),
        Other(time=now, name="other", value=5),
        Name(time=now, name="golden batch"),
        AddTags(time=now, tags=("tag",)),
        Output(time=now, lines=(OutputLine(0, 1, now, "printed"),)),
        End(time=now + 1_000, state="failed", reason="ValueError: no", traceback="Traceback"),
    )
    return Batch(
        experiment_key="batch" + "0" * 27,
        workspace="default",
        project="golden",
        writer="0" * 32,
        first=0,
        count=count + len(records),
        records=records,
        points=points,
    )


def main(version: str) -> None:
    """Write everything for a version."""
    folder = HERE / version
    folder.mkdir()
    with tempfile.TemporaryDirectory() as home:
        environment = {
            **os.environ,
            "HALLEY_HOME": home,
            "HALLEY_MODE": "offline",
            "HALLEY_OFFLINE_DIRECTORY": str(folder / "journals"),
        }
        subprocess.run([sys.executable, "-c", SCRIPT], env=environment, check=True)
        (folder / "batch.bin").write_bytes(encode_batch(a_batch()))
        storage = open_storage(Path(home) / "data")
        batch = decode_batch((folder / "batch.bin").read_bytes())
        storage.write(lambda session: take(session, batch, Said(batch), int(time.time() * 1000))).result()
        storage.close()
        database = (Path(home) / "data" / DATABASE_FILE).read_bytes()
        (folder / "halley.db.zst").write_bytes(zstandard.ZstdCompressor(level=19).compress(database))


if __name__ == "__main__":
    main(sys.argv[1])
