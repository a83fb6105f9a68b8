"""The experiment as a training script holds it: identity, position, emit, flush, end. The rest is in its panes."""

import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import msgspec

from halley import __version__
from halley.core.asset import check_kind
from halley.core.ids import ExperimentKey, new_asset_id
from halley.core.metric import NO_EPOCH, NO_STEP, check_epoch, check_step
from halley.core.names import check_name
from halley.core.parameter import Value
from halley.sdk.arguments import check_options, check_seconds, find_command, find_place, load_settings
from halley.sdk.capture.end import EndHooks, Ending, describe_exception
from halley.sdk.encode.asset import Source, encode_metadata
from halley.sdk.journal.write import Journal, Series
from halley.sdk.panes.assets import Assets
from halley.sdk.panes.code import Code
from halley.sdk.panes.facts import Facts
from halley.sdk.panes.media import Media
from halley.sdk.panes.metrics import Metrics
from halley.sdk.panes.models import Models
from halley.sdk.panes.parameters import Parameters
from halley.sdk.panes.position import Position
from halley.sdk.panes.tables import Tables
from halley.sdk.panes.voice import AssetInfo
from halley.sdk.run import Run
from halley.sdk.say import say
from halley.sdk.sender.launch import Orders
from halley.wire.records import AnyRecord, Asset, End, Name, Start

_time_ns = time.time_ns
StartMode = Literal["create", "get", "get_or_create"]


class Experiment(Metrics, Parameters, Facts, Media, Tables, Models, Code, Assets, Position):
    """One training run, and all it says.

    Logging appends to a journal on the local disk and costs microseconds; a separate process sends the journal to the
    server, also after training ended, and keeps trying when the server is away. One experiment runs in a process at a
    time: making another ends the first. After the end, logging warns once and does nothing.

    Args:
        api_key: The key that says who you are; a local server needs none. Setting `api_key`.
        project_name: The project it goes to. Setting `project_name`.
        workspace: The workspace it goes to. Setting `workspace`.
        auto_output_logging: Whether to capture stdout and stderr; Comet's words `simple`, `native`, `default` mean yes.
        disabled: True makes every method check its arguments and do nothing more.
        experiment_key: The key to have, 32 to 50 letters and digits; None makes a new one. A key that the server knows
            continues that experiment.
        display_summary_level: 0 says nothing on standard error; anything above says where the experiment is, what is
            wrong with delivery, and a summary at the end.
        experiment_name: The name; None lets the server make one up.
        mode: `online`, `offline` or `disabled`. Setting `mode`.
        offline_directory: Where the journal goes when offline; None for `HOME/journals`.
        start_mode: What to do about the key: `create`, `get` or `get_or_create`; see `halley.start`.
        source: Where the experiment comes from, shown as its `Created from`.
        **options: Options of Comet's for automatic logging, such as `log_code` and `log_git_metadata`; they are taken,
            and have no effect yet.

    Raises:
        ArgumentTypeError: an argument has the wrong type, or does not exist.
        ArgumentError: a name or key cannot be used.
        SettingError: an environment variable or the configuration file is wrong.
        JournalError: the journal cannot be made.

    Example:
        >>> experiment = halley.Experiment(project_name="digits", mode="disabled")
        >>> with experiment:
        ...     experiment.log_metric("loss", 0.5, step=1)
    """

    def __init__(
        self,
        api_key: str | None = None,
        project_name: str | None = None,
        workspace: str | None = None,
        *,
        auto_output_logging: str | bool | None = None,
        disabled: bool = False,
        experiment_key: str | None = None,
        display_summary_level: int = 1,
        experiment_name: str | None = None,
        mode: str | None = None,
        offline_directory: str | Path | None = None,
        start_mode: StartMode | None = None,
        source: str | None = None,
        **options: Any,
    ) -> None:
        check_options(options, _own_arguments())
        values = load_settings(
            api_key=api_key,
            project_name=project_name,
            workspace=workspace,
            experiment_name=experiment_name,
            experiment_key=experiment_key,
            auto_output_logging=auto_output_logging,
            mode="disabled" if disabled else mode,
            offline_directory=offline_directory,
        )
        self._settings = values
        self._mode: str = values["mode"]
        self._context = ""
        self._step: int | None = None
        self._epoch: float | None = None
        self._series: dict[tuple[str, str], Series] = {}
        self._parameters: dict[str, Value] = {}
        self._others: dict[str, Value] = {}
        self._tags: dict[str, None] = {}
        self._name: str = values["experiment_name"] or ""
        self._journal: Journal | None = None
        self._run: Run | None = None
        self._hooks: EndHooks | None = None
        self._is_ended = False
        self._has_warned = False
        self._is_quiet = display_summary_level == 0
        self._pid = os.getpid()
        self._place = find_place(values)
        _end_running()
        if self._mode != "disabled":
            key_is_given = values["experiment_key"] is not None
            self._begin(
                start_mode or ("get_or_create" if key_is_given else "create"), source or f"halley {__version__}"
            )

    @property
    def id(self) -> ExperimentKey:
        """The experiment's key."""
        return self._place.key

    @property
    def url(self) -> str | None:
        """The address of the experiment's page; None when offline or disabled."""
        return self._place.page if self._mode == "online" else None

    @property
    def workspace(self) -> str:
        """The workspace it belongs to."""
        return self._place.workspace

    @property
    def project_name(self) -> str:
        """The project it belongs to."""
        return self._place.project

    @property
    def alive(self) -> bool:
        """Whether what is logged is kept: it is not disabled and has not ended."""
        return self._journal is not None

    @property
    def ended(self) -> bool:
        """Whether it has ended."""
        return self._is_ended

    @property
    def mode(self) -> str:
        """`online`, `offline` or `disabled`."""
        return self._mode

    def get_key(self) -> ExperimentKey:
        """Get the experiment's key.

        Example:
            >>> len(experiment.get_key())
            32
        """
        return self._place.key

    def get_name(self) -> str | None:
        """Get the experiment's name; None as long as the server has not made one up.

        Example:
            >>> experiment.set_name("wider, slower")
            >>> experiment.get_name()
            'wider, slower'
        """
        if not self._name and self._run is not None and not self._is_ended:
            self._name = self._run.delivery().name
        return self._name or None

    def flush(self, timeout: float | None = None) -> bool:
        """Wait until everything logged so far is on the server; offline, on the disk.

        Args:
            timeout: Longest wait in seconds; None for the setting `end_timeout_seconds`.

        Returns:
            Whether it is. If not, it stays in the journal and is sent in the background.

        Raises:
            ArgumentTypeError: the timeout is no number.

        Example:
            >>> experiment.flush(timeout=5)
            True
        """
        seconds = self._timeout(timeout, "flush(timeout)")
        if self._run is None or self._is_ended:
            return True
        return self._run.flush(seconds)

    def end(self, timeout: float | None = None) -> None:
        """End the experiment: finished. Ending it again does nothing. The end of the process does it too.

        Args:
            timeout: Longest wait for the server in seconds; None for the setting `end_timeout_seconds`. What is not
                delivered by then goes on in the background, also after this process ended.

        Raises:
            ArgumentTypeError: the timeout is no number.

        Example:
            >>> experiment.end()
        """
        self._finish(Ending("finished"), self._timeout(timeout, "end(timeout)"))

    def __enter__(self) -> Self:
        """Use it as a context manager: the end of the block ends it, finished or, by an exception, failed."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        ending = Ending("finished") if kind is None else describe_exception(kind, error, trace)
        self._finish(ending, self._timeout(None, ""))

    def __repr__(self) -> str:
        state = "ended" if self._is_ended else self._mode
        return f"<halley.Experiment {self._place.key} in {self._place.workspace}/{self._place.project}, {state}>"

    def _begin(self, start_mode: StartMode, source: str) -> None:
        place, values = self._place, self._settings
        start = Start(
            time=self._now(),
            workspace=place.workspace,
            project=place.project,
            name=self._name,
            mode=start_mode,
            source=source,
            host=os.uname().nodename,
            process=self._pid,
            command=find_command(),
        )
        is_online = self._mode == "online"
        self._run = Run(
            place,
            start,
            orders=Orders(place.url, values["api_key"]) if is_online else None,
            is_quiet=self._is_quiet,
        )
        self._journal = self._run.journal
        self._hooks = EndHooks(self._journal.folder, lambda ending: self._finish(ending, self._timeout(None, "")))
        self._hooks.install()
        _running.append(self)
        self._run.say(f"experiment live at {place.page}" if is_online else f"experiment recorded in {place.run}")
        if values["auto_output_logging"]:
            self._run.capture_output()

    def _finish(self, ending: Ending, timeout: float) -> None:
        if self._is_ended:
            return
        self._is_ended = True
        self._journal = None
        if self in _running:
            _running.remove(self)
        if self._run is None or self._hooks is None:
            return
        if os.getpid() != self._pid:  # a forked child ends for itself, not for the experiment
            self._run.abandon()
            return
        self._hooks.remove()
        end = End(time=self._now(), state=ending.state, reason=ending.reason, traceback=ending.traceback)
        self._run.close(end, timeout)

    def _move(self, *, step: int | None = None, epoch: float | None = None) -> None:
        if step is not None:
            self._step = step
        if epoch is not None:
            self._epoch = epoch

    def _enter(self, context: str) -> str:
        before, self._context = self._context, context
        return before

    def _now(self) -> int:
        return _time_ns() // 1_000_000

    def _emit(self, record: AnyRecord) -> None:
        if isinstance(record, Name):
            self._name = record.name
        if self._journal is None:
            self._ignore()
        else:
            self._journal.append(record)

    def _emit_point(
        self, name: str, value: float, step: int | None, epoch: float | None, include_context: bool
    ) -> None:
        try:
            series = self._series[name, self._context if include_context else ""]
        except (KeyError, TypeError):
            series = self._add_series(name, self._context if include_context else "")
        series.last = value
        if step is None:
            step = self._step
            if step is None:
                step = NO_STEP
        else:
            self._step = step
        if epoch is None:
            epoch = self._epoch
            if epoch is None:
                epoch = NO_EPOCH
        else:
            self._epoch = epoch
        journal = self._journal
        if journal is None:
            self._ignore()
        else:
            journal.append_point(series, step, _time_ns() // 1_000_000, epoch, value)

    def _emit_points(
        self, pairs: Sequence[tuple[str, float]], step: int | None, epoch: float | None, include_context: bool
    ) -> None:
        context = self._context if include_context else ""
        known = self._series
        points = []
        for name, value in pairs:
            series = known.get((name, context)) or self._add_series(name, context)
            series.last = value
            points.append((series, value))
        if step is None:
            step = NO_STEP if self._step is None else self._step
        elif points:
            self._step = step
        if epoch is None:
            epoch = NO_EPOCH if self._epoch is None else self._epoch
        elif points:
            self._epoch = epoch
        journal = self._journal
        if journal is not None:
            journal.append_points(points, step, _time_ns() // 1_000_000, epoch)
        elif points:
            self._ignore()

    def _emit_asset(
        self,
        source: Source,
        *,
        kind: str,
        step: int | None = None,
        epoch: float | None = None,
        metadata: Mapping[str, Any] | None = None,
        is_overwriting: bool = False,
        is_copied: bool = True,
        is_stepped: bool = True,
    ) -> AssetInfo | None:
        record = self._make_asset(source.name, kind, step, epoch, metadata, is_overwriting)
        if not is_stepped:
            record = msgspec.structs.replace(record, step=None, epoch=None)
        if self._run is None or self._journal is None:
            self._ignore()
            return None
        kept = self._run.keep(record, source, is_copied=is_copied)
        return None if kept is None else self._emit_made(kept)

    def _emit_link(
        self,
        link: str,
        name: str,
        *,
        kind: str,
        step: int | None = None,
        metadata: Mapping[str, Any] | None = None,
        is_overwriting: bool = False,
    ) -> AssetInfo | None:
        record = self._make_asset(name, kind, step, None, metadata, is_overwriting)
        if self._journal is None:
            self._ignore()
            return None
        return self._emit_made(msgspec.structs.replace(record, link=link))

    def _make_asset(
        self,
        name: str,
        kind: str,
        step: int | None,
        epoch: float | None,
        metadata: Mapping[str, Any] | None,
        is_overwriting: bool,
    ) -> Asset:
        return Asset(
            time=self._now(),
            id=new_asset_id(),
            name=name,
            kind=check_kind(kind, "asset_type"),
            step=self._step if step is None else check_step(step, "step"),
            epoch=self._epoch if epoch is None else check_epoch(epoch, "epoch"),
            context=self._context,
            metadata=encode_metadata(metadata, "metadata"),
            is_overwriting=is_overwriting,
        )

    def _emit_made(self, record: Asset) -> AssetInfo:
        self._emit(record)
        is_online = self._mode == "online"
        content = f"{self._place.url}/api/v1/experiments/{self._place.key}/assets/{record.id}/content"
        return {
            "web": f"{self._place.page}/assets?asset={record.id}" if is_online else None,
            "api": content if is_online else None,
            "assetId": record.id,
        }

    def _add_series(self, name: str, context: str) -> Series:
        checked = check_name(name, "log_metric(name)")
        series = self._series[checked, context] = Series(checked, context)
        return series

    def _ignore(self) -> None:
        if self._is_ended and not self._has_warned:
            self._has_warned = True
            if not self._is_quiet:
                say(f"experiment {self._place.key} has ended; what is logged now is not kept")

    def _timeout(self, timeout: float | None, argument: str) -> float:
        return float(self._settings["end_timeout_seconds"]) if timeout is None else check_seconds(timeout, argument)


def running_experiment() -> Experiment | None:
    """The experiment that runs in this process; None if there is none."""
    return _running[-1] if _running else None


_running: list[Experiment] = []


def _end_running() -> None:
    while _running:
        _running[-1].end(timeout=0)


def _own_arguments() -> tuple[str, ...]:
    code = Experiment.__init__.__code__
    return code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]
