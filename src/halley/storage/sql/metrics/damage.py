"""Naming what is damaged: whose points they are, which, and what to do about it."""

from halley.errors import StorageDamaged
from halley.storage.sql.link import Link


def name_chunk(link: Link, id_: int) -> StorageDamaged:
    """The error that says that the steps or values of a chunk are damaged."""
    run, key, metric, context, first, last = link.row(
        "select chunk.run, experiment.key, metric.name, metric.context, chunk.first, chunk.last from chunk"
        " left join experiment on experiment.run = chunk.run left join metric on metric.id = chunk.metric"
        " where chunk.id = ?",
        (id_,),
    )
    of = f" in context {context!r}" if context else ""
    return StorageDamaged(
        f"Steps {first} to {last} of metric {metric!r}{of} of experiment {key} are damaged in {link.dialect.place}.",
        hint="Restore the database from a copy, or go on without these points: stop the server and run "
        f"`delete from stretch where run = {run}; delete from chunk where id = {id_}`.",
    )


def name_clock(link: Link, id_: int) -> StorageDamaged:
    """The error that says that times or epochs are damaged."""
    key = link.value(
        "select experiment.key from clock join experiment on experiment.run = clock.run where clock.id = ?", (id_,)
    )
    return StorageDamaged(
        f"Times and epochs of some points of experiment {key} are damaged in {link.dialect.place}.",
        hint="Charts by step go on. Restore the database from a copy.",
    )
