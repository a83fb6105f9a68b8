"""Deleting a metric of an experiment."""

import asyncio

from halley.core.ids import ExperimentKey
from halley.core.metric import MetricId
from halley.errors import NotFound
from halley.server.events.api import Broadcast
from halley.server.experiments.api import find_run
from halley.storage.ports.catalog import Experiment
from halley.storage.ports.storage import Session, Storage
from halley.wire.api import Change


async def delete_points(storage: Storage, broadcast: Broadcast, key: ExperimentKey, metric: MetricId) -> None:
    """Delete every point of a metric of an experiment.

    Raises:
        NotFound: no experiment has this key, or it has no such metric.
    """

    def job(session: Session) -> Experiment:
        run = find_run(session.catalog, key)
        if not session.metrics.delete_metric(run, metric):
            context = f" in context {metric.context!r}" if metric.context else " without a context"
            raise NotFound(
                f"Experiment {key} has no metric {metric.name!r}{context}.",
                hint=f"GET /api/v1/experiments/{key} lists its metrics.",
                field="name",
            )
        row = session.catalog.get_experiment(run)
        assert row is not None  # this job is the only writer while it runs
        return row

    row = await asyncio.wrap_future(storage.write(job))
    broadcast.publish(Change(workspace=row.workspace, project=row.project, experiment=row.key, parts=["metrics"]))
