"""The catalogue over SQL; see `storage.ports.catalog` for what it promises."""

from collections.abc import Mapping, Sequence

import msgspec

from halley.core.experiment import State
from halley.core.names import make_experiment_name
from halley.core.parameter import Value
from halley.errors import Gone, SequenceGap, StorageError
from halley.storage.ports.catalog import Claim, Column, Experiment, ExperimentPage, MetricPage, Project, Sort
from halley.storage.sql.catalog.columns import list_columns
from halley.storage.sql.catalog.facts import OTHER, PARAMETER, get_facts, put_facts, to_search_text
from halley.storage.sql.catalog.memory import CatalogMemory
from halley.storage.sql.catalog.read import read_experiments, read_projects
from halley.storage.sql.catalog.search import Search, search_experiments
from halley.storage.sql.link import PLACES, Link, in_list
from halley.storage.sql.metrics.rank import rank
from halley.storage.sql.names import search_names
from halley.storage.sql.put import insert

_MAKE_EXPERIMENT = """
insert into experiment (key, project_id, number, name, state, reason, traceback, started_at, is_start_told, ended_at,
    heard_at, host, process, command, source, is_archived)
values (?, ?, ?, ?, 'running', '', '', ?, false, null, ?, '', 0, '', '', false)
returning run
"""

_DESCRIBE_START = """
update experiment set
    started_at = case when is_start_told and started_at < ? then started_at else ? end,
    is_start_told = true, host = ?, process = ?, command = ?, source = ?
where run = ?
"""

_WRITER = insert("writer", {"run": "integer", "writer": "text", "records": "integer"}, key=2)

_KEYS_AT_A_TIME = 1_000


class SqlCatalog:
    """The catalogue of one transaction or snapshot.

    Args:
        link: The connection.
        memory: What the writer remembers; None for a snapshot, which cannot write.
    """

    def __init__(self, link: Link, memory: CatalogMemory | None) -> None:
        self._link = link
        self._memory = memory

    @property
    def _writing(self) -> CatalogMemory:
        if self._memory is None:
            raise StorageError("A snapshot cannot be written to.", hint="Do it in a job given to write().")
        return self._memory

    def _change(self, run: int) -> None:
        """Something of an experiment is changed: nobody else does so meanwhile, and its row has to be read anew."""
        self._writing.recall(run).experiment = None

    # places

    def ensure_project(self, workspace: str, project: str, *, now: int) -> int:
        """See `Catalog.ensure_project`."""
        memory = self._writing
        found = memory.find_project(workspace, project)
        if found is not None:
            return found
        found = self._find_project(workspace, project)
        link = self._link
        if found is None and link.lock(PLACES):  # another process may have made it until a moment ago
            found = self._find_project(workspace, project)
        if found is not None:
            memory.note_project(workspace, project, found)
            return found
        link.run("insert into workspace (name) values (?) on conflict (name) do nothing", (workspace,))
        workspace_id = link.value("select id from workspace where name = ?", (workspace,))
        made: int = link.value(
            "insert into project (workspace_id, name, created_at, experiment_total) values (?, ?, ?, 0) returning id",
            (workspace_id, project, now),
        )
        return made

    def _find_project(self, workspace: str, project: str) -> int | None:
        found: int | None = self._link.value(
            "select project.id from project join workspace on workspace.id = project.workspace_id"
            " where workspace.name = ? and project.name = ?",
            (workspace, project),
        )
        return found

    def list_workspaces(self) -> Sequence[str]:
        """See `Catalog.list_workspaces`."""
        return [name for (name,) in self._link.rows("select name from workspace order by name")]

    def list_projects(self, workspace: str | None = None) -> Sequence[Project]:
        """See `Catalog.list_projects`."""
        if workspace is None:
            return read_projects(self._link, "1 = 1", ())
        return read_projects(self._link, "workspace.name = ?", (workspace,))

    def get_project(self, workspace: str, project: str) -> Project | None:
        """See `Catalog.get_project`."""
        found = read_projects(self._link, "workspace.name = ? and project.name = ?", (workspace, project))
        return found[0] if found else None

    # experiments

    def ensure_experiment(self, project_id: int, key: str, *, now: int) -> tuple[int, bool]:
        """See `Catalog.ensure_experiment`."""
        found = self.find_run(key)
        link = self._link
        if found is None and link.lock(PLACES):  # another process may have made it until a moment ago
            found = self.find_run(key)
        if found is not None:
            return found, False
        if self.is_deleted(key):
            raise Gone(f"Experiment {key} was deleted.", hint="Nothing is taken for it any more; log under a new key.")
        number = link.value(
            "update project set experiment_total = experiment_total + 1 where id = ? returning experiment_total",
            (project_id,),
        )
        run: int = link.value(_MAKE_EXPERIMENT, (key, project_id, number, make_experiment_name(number), now, now))
        self._writing.note_run(key, run)
        self._note_search_text(run)
        return run, True

    def find_run(self, key: str) -> int | None:
        """See `Catalog.find_run`. In a job no other process writes the run from here on."""
        memory = self._memory
        if memory is None:
            return self._find_run(key)
        run = memory.find_run(key)
        if run is None:
            run = self._find_run(key)
            if run is not None and self._link.lock(run):  # another process may have deleted it until a moment ago
                run = self._find_run(key)
            if run is not None:
                memory.note_run(key, run)
        return run

    def find_runs(self, keys: Sequence[str]) -> Mapping[str, int]:
        """See `Catalog.find_runs`."""
        found: dict[str, int] = {}
        for begin in range(0, len(keys), _KEYS_AT_A_TIME):
            some = keys[begin : begin + _KEYS_AT_A_TIME]
            places = ", ".join(["?"] * len(some))
            found.update(self._link.rows(f"select key, run from experiment where key in ({places})", some))
        return {key: found[key] for key in dict.fromkeys(keys) if key in found}

    def is_deleted(self, key: str) -> bool:
        """See `Catalog.is_deleted`."""
        return self._link.value("select 1 from deleted_experiment where key = ?", (key,)) is not None

    def _find_run(self, key: str) -> int | None:
        run: int | None = self._link.value("select run from experiment where key = ?", (key,))
        return run

    def get_experiment(self, run: int) -> Experiment | None:
        """See `Catalog.get_experiment`."""
        if self._memory is None:
            return read_experiments(self._link, [run]).get(run)
        known = self._memory.recall(run)
        if known.experiment is None:
            known.experiment = read_experiments(self._link, [run]).get(run)
        experiment = known.experiment
        if experiment is None:
            return None
        if known.heard_at is None:
            known.heard_at = experiment.heard_at
        if known.heard_at == experiment.heard_at:
            return experiment
        return msgspec.structs.replace(experiment, heard_at=known.heard_at)

    def describe_start(self, run: int, *, started_at: int, host: str, process: int, command: str, source: str) -> None:
        """See `Catalog.describe_start`. The first start told replaces the time at which the experiment was made."""
        self._change(run)
        self._link.run(_DESCRIBE_START, (started_at, started_at, host, process, command, source, run))

    def set_name(self, run: int, name: str) -> None:
        """See `Catalog.set_name`."""
        self._change(run)
        self._link.run("update experiment set name = ? where run = ?", (name, run))
        self._note_search_text(run)

    def set_state(
        self, run: int, state: State, *, ended_at: int | None = None, reason: str = "", traceback: str = ""
    ) -> None:
        """See `Catalog.set_state`."""
        self._change(run)
        self._link.run(
            "update experiment set state = ?, ended_at = ?, reason = ?, traceback = ? where run = ?",
            (state.value, ended_at, reason, traceback, run),
        )
        if state is not State.RUNNING:
            self._rank(run)

    def _rank(self, run: int) -> None:
        """A run has ended: its summaries are ranked, which is news to who remembers them."""
        self._writing.write_heard_of(run)
        rank(self._link, run)
        self._writing.holder.change(run)

    def hear(self, run: int, *, now: int) -> None:
        """See `Catalog.hear`."""
        memory = self._writing
        known = memory.recall(run)
        if known.heard_at is None:
            self.get_experiment(run)
        if known.heard_at is not None and known.heard_at < now:
            memory.hear(run, known, now)

    def lose_silent(self, *, heard_before: int, latest: int) -> Sequence[int]:
        """See `Catalog.lose_silent`."""
        self._writing.write_heard()
        ahead = self._link.rows("select run from experiment where state = 'running' and heard_at > ?", (latest,))
        for run in [run for (run,) in ahead if self._link.try_lock(run)]:
            self._change(run)
            self._writing.hear(run, self._writing.recall(run), latest)
        silent = self._link.rows("select run from experiment where state = 'running' and heard_at < ?", (heard_before,))
        runs = [run for (run,) in silent if self._link.try_lock(run)]  # who is being written is not silent
        rows = self._link.rows(
            f"update experiment set state = 'lost' where run in {in_list(runs)} and state = 'running'"
            " and heard_at < ? returning run",
            (heard_before,),
        )
        lost = sorted(run for (run,) in rows)
        for run in lost:
            self._change(run)
            self._rank(run)
        return lost

    def set_archived(self, run: int, is_archived: bool) -> None:
        """See `Catalog.set_archived`."""
        self._change(run)
        self._link.run("update experiment set is_archived = ? where run = ?", (is_archived, run))

    def delete_experiment(self, run: int, *, now: int) -> None:
        """See `Catalog.delete_experiment`."""
        self._change(run)
        self._link.run(
            "insert into deleted_experiment (key, deleted_at) select key, ? from experiment where run = ?", (now, run)
        )
        self._link.lock(PLACES)  # who makes an experiment changes the same row
        self._link.run(
            "update project set deleted_total = deleted_total + 1"
            " where id = (select project_id from experiment where run = ?)",
            (run,),
        )
        self._link.run("insert into deleted_run (run) select run from experiment where run = ?", (run,))
        for table in ("experiment", "search_text", "tag", "fact", "writer"):
            self._link.deleted_rows += self._link.run(f"delete from {table} where run = ?", (run,)).rowcount
        self._writing.let_go(run)

    def list_deleted_runs(self) -> Sequence[int]:
        """See `Catalog.list_deleted_runs`."""
        return [run for (run,) in self._link.rows("select run from deleted_run order by run")]

    def forget_deleted_run(self, run: int) -> None:
        """See `Catalog.forget_deleted_run`."""
        self._link.run("delete from deleted_run where run = ?", (run,))

    # what an experiment said

    def claim(self, run: int, writer: str, first: int, count: int, *, is_forced: bool = False) -> Claim:
        """See `Catalog.claim`."""
        memory = self._writing.recall(run)
        known = memory.records.get(writer)
        if known is None:
            known = self._link.value("select records from writer where run = ? and writer = ?", (run, writer)) or 0
            memory.note_writer(writer, known)
        if known == first or (is_forced and known < first):
            if first + count > known:
                self._link.put(_WRITER, (run, writer, first + count))
                memory.records[writer] = first + count
            return Claim(is_taken=True, acknowledged=first + count)
        if known >= first + count:
            return Claim(is_taken=False, acknowledged=known)
        raise SequenceGap(
            f"The batch begins with record {first}, but {known} records of this writer are here.", acknowledged=known
        )

    def put_parameters(self, run: int, parameters: Mapping[str, tuple[Value, str]]) -> None:
        """See `Catalog.put_parameters`."""
        self._writing.recall(run)
        if parameters:
            put_facts(self._link, run, PARAMETER, parameters)
            self._note_search_text(run)

    def put_others(self, run: int, others: Mapping[str, Value]) -> None:
        """See `Catalog.put_others`."""
        self._writing.recall(run)
        if others:
            put_facts(self._link, run, OTHER, {name: (value, "") for name, value in others.items()})

    def add_tags(self, run: int, tags: Sequence[str]) -> None:
        """See `Catalog.add_tags`."""
        self._change(run)
        first = self._link.value("select coalesce(max(position), -1) + 1 from tag where run = ?", (run,))
        self._link.run_many(
            "insert into tag (run, name, position) values (?, ?, ?) on conflict (run, name) do nothing",
            [(run, name, first + place) for place, name in enumerate(tags)],
        )
        self._note_search_text(run)

    def set_tags(self, run: int, tags: Sequence[str]) -> None:
        """See `Catalog.set_tags`."""
        self._change(run)
        self._link.run("delete from tag where run = ?", (run,))
        self.add_tags(run, tags)

    def get_parameters(self, run: int) -> Mapping[str, tuple[Value, str]]:
        """See `Catalog.get_parameters`."""
        return get_facts(self._link, run, PARAMETER)

    def get_others(self, run: int) -> Mapping[str, Value]:
        """See `Catalog.get_others`."""
        return {name: value for name, (value, _) in get_facts(self._link, run, OTHER).items()}

    def _note_search_text(self, run: int) -> None:
        link = self._link
        names = link.row("select key, name from experiment where run = ?", (run,)) or ()
        tags = [name for (name,) in link.rows("select name from tag where run = ?", (run,))]
        values = [to_search_text(value) for value, _ in get_facts(link, run, PARAMETER).values()]
        link.run(
            "insert into search_text (run, content) values (?, ?)"
            " on conflict (run) do update set content = excluded.content",
            (run, "\n".join([*names, *tags, *values]).lower()),
        )

    # the table

    def search_experiments(
        self,
        workspace: str,
        project: str,
        *,
        text: str = "",
        states: Sequence[State] = (),
        is_archived: bool = False,
        sort: Sequence[Sort] = (),
        columns: Sequence[Column] = (),
        offset: int = 0,
        limit: int = 100,
    ) -> ExperimentPage:
        """See `Catalog.search_experiments`."""
        project_id = self._find_project(workspace, project)
        if project_id is None:
            return ExperimentPage(0, (), ())
        search = Search(project_id, text, states, is_archived, sort, columns, offset, limit)
        return search_experiments(self._link, search)

    def list_columns(self, workspace: str, project: str) -> Sequence[Column]:
        """See `Catalog.list_columns`."""
        project_id = self._find_project(workspace, project)
        return () if project_id is None else list_columns(self._link, project_id)

    def search_metrics(
        self,
        workspace: str,
        project: str,
        *,
        text: str = "",
        context: str | None = None,
        offset: int = 0,
        limit: int = 100,
    ) -> MetricPage:
        """See `Catalog.search_metrics`."""
        project_id = self._find_project(workspace, project)
        if project_id is None:
            return MetricPage((), has_more=False)
        return search_names(self._link, project_id, text, context, offset, limit)
