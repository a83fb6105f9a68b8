"""`/experiments`: search, read, change, fork, delete."""

from litestar import Router, delete, get, patch, post
from litestar.params import FromPath, JSONBody

from halley.server.events.api import GivenBroadcast
from halley.server.experiments.change import change, remove
from halley.server.experiments.describe import describe_detail, describe_experiment
from halley.server.experiments.fork import fork
from halley.server.experiments.search import search
from halley.server.http.check import checked_key
from halley.server.http.errors import failures
from halley.server.http.given import GivenClock, GivenStorage
from halley.wire.api import (
    Experiment,
    ExperimentDetail,
    ExperimentPage,
    ForkExperiment,
    SearchExperiments,
    UpdateExperiment,
)


@post(
    "/experiments/search",
    status_code=200,
    operation_id="searchExperiments",
    summary="One page of a project's experiments",
    sync_to_thread=True,
    responses=failures(400, 404, 413),
)
def search_experiments(data: JSONBody[SearchExperiments], storage: GivenStorage) -> ExperimentPage:
    """One page of a project's experiments, with the columns and sparklines asked for; the newest first."""
    with storage.read() as session:
        return search(session, data)


@get(
    "/experiments/{key:str}",
    operation_id="getExperiment",
    summary="Everything about one experiment",
    sync_to_thread=True,
    responses=failures(400, 404),
)
def get_experiment(key: FromPath[str], storage: GivenStorage) -> ExperimentDetail:
    """Everything about an experiment but its points and the text of its output."""
    with storage.read() as session:
        return describe_detail(session, checked_key(key))


@patch(
    "/experiments/{key:str}",
    operation_id="updateExperiment",
    summary="Change an experiment",
    responses=failures(400, 404, 413),
)
async def update_experiment(
    key: FromPath[str],
    data: JSONBody[UpdateExperiment],
    storage: GivenStorage,
    broadcast: GivenBroadcast,
) -> Experiment:
    """Rename an experiment, replace its tags, archive or restore it."""
    return describe_experiment(await change(storage, broadcast, checked_key(key), data))


@post(
    "/experiments/{key:str}/forks",
    operation_id="forkExperiment",
    summary="Begin an experiment with what another had",
    responses=failures(400, 404, 409, 410, 413),
)
async def fork_experiment(
    key: FromPath[str],
    data: JSONBody[ForkExperiment],
    storage: GivenStorage,
    broadcast: GivenBroadcast,
    clock: GivenClock,
) -> Experiment:
    """Make an experiment that begins with another's metrics up to a step, and with its parameters and others.

    No point is copied, and what happens to either changes nothing for the other. It is running, in the same project:
    go on with it soon. The same request again, with the same `experiment_key`, answers the same.
    """
    return describe_experiment(await fork(storage, broadcast, checked_key(key), data, now=clock()))


@delete(
    "/experiments/{key:str}",
    operation_id="deleteExperiment",
    summary="Delete an experiment",
    responses=failures(400, 404),
)
async def delete_experiment(
    key: FromPath[str], storage: GivenStorage, broadcast: GivenBroadcast, clock: GivenClock
) -> None:
    """Delete an experiment with its points and its output. There is no way back: its key is not taken again."""
    await remove(storage, broadcast, checked_key(key), now=clock())


router = Router(
    "/",
    route_handlers=[search_experiments, get_experiment, update_experiment, fork_experiment, delete_experiment],
    tags=["experiments"],
)
