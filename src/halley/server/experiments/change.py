"""Changing and deleting an experiment."""

import asyncio

from halley.core.ids import ExperimentKey
from halley.core.names import check_name
from halley.server.events.api import Broadcast
from halley.server.experiments.api import find_run
from halley.server.experiments.erase import erase
from halley.server.http.check import checked
from halley.storage.ports.catalog import Experiment
from halley.storage.ports.storage import Session, Storage
from halley.wire.api import Change, UpdateExperiment


async def change(storage: Storage, broadcast: Broadcast, key: ExperimentKey, update: UpdateExperiment) -> Experiment:
    """Rename an experiment, replace its tags, archive or restore it; what the update leaves out stays.

    Raises:
        InvalidRequest: the name or a tag cannot be one.
        NotFound: no experiment has this key.
    """
    if update.name is not None:
        checked(check_name, update.name, "name")
    for i, tag in enumerate(update.tags or []):
        checked(check_name, tag, f"tags[{i}]")

    def job(session: Session) -> Experiment:
        run = find_run(session.catalog, key)
        if update.name is not None:
            session.catalog.set_name(run, update.name)
        if update.tags is not None:
            session.catalog.set_tags(run, list(dict.fromkeys(update.tags)))
        if update.is_archived is not None:
            session.catalog.set_archived(run, update.is_archived)
        row = session.catalog.get_experiment(run)
        assert row is not None  # this job is the only writer while it runs
        return row

    row = await asyncio.wrap_future(storage.write(job))
    broadcast.publish(Change(workspace=row.workspace, project=row.project, experiment=row.key, parts=["facts"]))
    return row


async def remove(storage: Storage, broadcast: Broadcast, key: ExperimentKey, *, now: int) -> None:
    """Delete an experiment, its points and its output, for good: its key is not taken again.

    Raises:
        NotFound: no experiment has this key.
    """

    def job(session: Session) -> Experiment:
        run = find_run(session.catalog, key)
        row = session.catalog.get_experiment(run)
        assert row is not None  # this job is the only writer while it runs
        session.catalog.delete_experiment(run, now=now)
        erase(run, session)  # all of it if it is not much; else `erase_deleted` goes on
        return row

    row = await asyncio.wrap_future(storage.write(job))
    broadcast.publish(Change(workspace=row.workspace, project=row.project, experiment=row.key, parts=["deleted"]))
