"""What older versions wrote is read by this one: databases upgrade, journals upload, batches are taken."""

from __future__ import annotations

import math
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import zstandard
from tests.e2e.stories import Server
from tests.golden.write import KEY, a_batch

from halley.core.experiment import State
from halley.core.metric import MetricId
from halley.storage.open import DATABASE_FILE, open_storage
from halley.wire.batch import decode_batch, encode_batch

HERE = Path(__file__).resolve().parent
VERSIONS = sorted(folder.name for folder in HERE.iterdir() if (folder / "batch.bin").exists())


@pytest.mark.parametrize("version", VERSIONS)
def test_an_older_batch_is_read(version: str) -> None:
    # encoded again, because NaN is not equal to itself
    assert encode_batch(decode_batch((HERE / version / "batch.bin").read_bytes())) == encode_batch(a_batch())


@pytest.mark.parametrize("version", VERSIONS)
def test_an_older_database_upgrades_and_answers(version: str, tmp_path: Path) -> None:
    (tmp_path / DATABASE_FILE).write_bytes(zstandard.decompress((HERE / version / "halley.db.zst").read_bytes()))
    storage = open_storage(tmp_path)
    try:
        with storage.read() as session:
            run = session.catalog.find_run("batch" + "0" * 27)
            assert run is not None
            experiment = session.catalog.get_experiment(run)
            assert experiment is not None
            assert (experiment.name, experiment.state, experiment.tags) == ("golden batch", State.FAILED, ("tag",))
            assert experiment.reason == "ValueError: no"
            assert session.catalog.get_parameters(run) == {"lr": (0.1, "manual")}
            assert session.catalog.get_others(run) == {"other": 5}
            series = {one.metric: one for one in session.metrics.list_series(run)}
            assert series[MetricId("loss", "train")].count == 150
            assert series[MetricId("odd")].max == 149.5
            chart = session.metrics.draw([run], [MetricId("odd")], buckets=1_000)
            assert int(chart.series[0].odd.sum()) == 6
            assert math.isnan(chart.series[0].last[0])
            place = (experiment.workspace, experiment.project)
            found = session.catalog.search_metrics(*place).metrics
            assert {one.metric: one.run_count for one in found}.items() >= dict.fromkeys(series, 1).items()
            assert [line.text for line in session.output.read(run).lines] == ["printed"]
        job = storage.write(lambda session: session.catalog.set_name(run, "still writable"))
        job.result(10)
    finally:
        storage.close()


@pytest.mark.e2e
@pytest.mark.parametrize("version", VERSIONS)
def test_an_older_journal_is_read(version: str, tmp_path: Path) -> None:
    journals = tmp_path / "journals"
    shutil.copytree(HERE / version / "journals", journals)
    server = Server(tmp_path / "data")
    try:
        said = subprocess.run(
            [sys.executable, "-m", "halley.cli.main", "upload", str(journals)],
            env={**os.environ, "HALLEY_URL": server.url, "HALLEY_HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert said.returncode == 0, said.stdout + said.stderr
        detail = server.experiment(KEY)
        assert detail["experiment"]["name"] == "golden run"
        assert detail["experiment"]["state"] == "finished"
        assert {one["name"]: one["value"] for one in detail["parameters"]} == {
            "lr": 0.1,
            "model|depth": 3,
            "note": "text",
        }
        metrics = {(one["name"], one["context"]): one for one in detail["metrics"]}
        assert metrics["loss", "train"]["count"] == 1_000
        assert metrics["odd", ""]["last"] == "-Infinity"
        assert [line["text"] for line in server.get(f"/experiments/{KEY}/output")["lines"]] == ["printed"]
    finally:
        server.stop()
