"""Forking an experiment: a new one that begins with what another had up to a step."""

import asyncio

from halley.core.ids import ExperimentKey, check_experiment_key, new_experiment_key
from halley.core.metric import STEP_LIMIT
from halley.core.names import check_name
from halley.core.parameter import Value
from halley.errors import Conflict, InvalidRequest
from halley.server.events.api import Broadcast
from halley.server.experiments.api import find_run
from halley.server.http.check import checked
from halley.storage.ports.catalog import Experiment
from halley.storage.ports.storage import Session, Storage
from halley.wire.api import Change, ForkExperiment

FORKED_FROM = "forked_from"
"""The other that names the parent of a fork by its key."""

FORKED_AT = "forked_at_step"
"""The other that says up to which step, that step inside, a fork has what its parent had."""


async def fork(
    storage: Storage, broadcast: Broadcast, parent: ExperimentKey, wanted: ForkExperiment, *, now: int
) -> Experiment:
    """Make an experiment that begins with the metrics of another up to a step, and with its parameters and others.

    Asked again for the same fork (because the answer was lost), it answers the same.

    Args:
        storage: The open store.
        broadcast: Told of the new experiment.
        parent: The experiment to fork from. It stays as it is.
        wanted: The new experiment's key, its name, and the step.
        now: The time in ms since 1970 UTC.

    Raises:
        InvalidRequest: the step, the key or the name cannot be one.
        NotFound: no experiment has the parent's key.
        Conflict: the new key belongs to an experiment that has metrics already.
        Gone: the new key belonged to an experiment that was deleted.
    """
    if not -STEP_LIMIT <= wanted.step <= STEP_LIMIT:
        raise InvalidRequest(f"step={wanted.step} is out of range.", hint="Steps are within +-2**62.", field="step")
    if wanted.name:
        checked(check_name, wanted.name, "name")
    key = wanted.experiment_key or new_experiment_key()
    checked(check_experiment_key, key, "experiment_key")
    if key == parent:
        raise InvalidRequest(
            f"experiment_key={key!r} is the experiment to fork from.",
            hint="Leave it out for a new key.",
            field="experiment_key",
        )

    def job(session: Session) -> Experiment:
        catalog = session.catalog
        source = find_run(catalog, parent)
        given = catalog.get_experiment(source)
        assert given is not None  # this job is the only writer while it runs
        project = catalog.ensure_project(given.workspace, given.project, now=now)
        run, _ = catalog.ensure_experiment(project, key, now=now)
        origin: dict[str, Value] = {FORKED_FROM: parent, FORKED_AT: wanted.step}
        if not catalog.get_others(run).items() >= origin.items():
            if session.metrics.list_series(run):
                raise Conflict(
                    f"Experiment {key} has metrics already: it cannot begin with those of another.",
                    hint="Leave experiment_key out, or fork before anything is logged.",
                    field="experiment_key",
                )
            session.metrics.fork(run, source, wanted.step)
            catalog.put_parameters(run, {**catalog.get_parameters(source), **catalog.get_parameters(run)})
            catalog.put_others(run, {**catalog.get_others(source), **catalog.get_others(run), **origin})
            if wanted.name:
                catalog.set_name(run, wanted.name)
        row = catalog.get_experiment(run)
        assert row is not None
        return row

    row = await asyncio.wrap_future(storage.write(job))
    broadcast.publish(
        Change(workspace=row.workspace, project=row.project, experiment=row.key, parts=["created", "metrics", "facts"])
    )
    return row
