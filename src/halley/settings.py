"""Every setting of Halley as a row, and the one place that reads them. CLI, docs and server read these rows.

A setting comes from, in this order: an argument, the environment (`HALLEY_*`), the environment of Comet (`COMET_*`,
for scripts that were written for it), the file `~/.halley/config.toml`, the default. No other module reads
`os.environ`.
"""

import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

from halley.errors import SettingError

DEFAULT_URL = "http://127.0.0.1:1986"


class Setting(NamedTuple):
    """One setting.

    Attributes:
        name: Its name in Python, in the file, and (upper case, after `HALLEY_`) in the environment.
        kind: `text`, `address` (of a server), `integer`, `number`, `flag`, `path`, or a tuple of the words allowed.
        default: Its value where nobody gives one.
        unit: What a number counts; empty if none.
        help: One sentence for people.
        comet: The environment variable of Comet that stands in; empty if none.
        scope: Who reads it: `sdk`, `server` or `both`.
        is_secret: Whether it must never be shown.
        least: The smallest value of a number; none is infinite or NaN.
    """

    name: str
    kind: Literal["text", "address", "integer", "number", "flag", "path"] | tuple[str, ...]
    default: Any
    unit: str
    help: str
    comet: str = ""
    scope: Literal["sdk", "server", "both"] = "sdk"
    is_secret: bool = False
    least: int = 0

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return "HALLEY_" + self.name.upper()


SETTINGS: tuple[Setting, ...] = (
    Setting("url", "address", DEFAULT_URL, "", "Where the server is.", "COMET_URL_OVERRIDE"),
    Setting(
        "api_key",
        "text",
        None,
        "",
        "The key that says who you are; a local server needs none.",
        "COMET_API_KEY",
        is_secret=True,
    ),
    Setting("workspace", "text", "default", "", "The workspace new experiments go to.", "COMET_WORKSPACE"),
    Setting("project_name", "text", "general", "", "The project new experiments go to.", "COMET_PROJECT_NAME"),
    Setting(
        "experiment_key",
        "text",
        None,
        "",
        "The key of the experiment, 32 to 50 letters and digits.",
        "COMET_EXPERIMENT_KEY",
    ),
    Setting(
        "experiment_name",
        "text",
        None,
        "",
        "The name of the experiment; the server makes one up if there is none.",
        "COMET_EXPERIMENT_NAME",
    ),
    Setting(
        "mode",
        ("online", "offline", "disabled"),
        "online",
        "",
        "online sends while training, offline keeps everything for `halley upload`, disabled does nothing.",
    ),
    Setting(
        "home",
        "path",
        "~/.halley",
        "",
        "The folder that holds the configuration file, journals and server data.",
        scope="both",
    ),
    Setting(
        "offline_directory",
        "path",
        None,
        "",
        "Where journals of offline runs go; default HOME/journals.",
        "COMET_OFFLINE_DIRECTORY",
    ),
    Setting("auto_output_logging", "flag", True, "", "Capture stdout and stderr.", "COMET_AUTO_LOG_OUTPUT_LOGGER"),
    Setting(
        "end_timeout_seconds",
        "number",
        10.0,
        "s",
        "How long end() waits for the server; what is not sent by then goes on in the background.",
    ),
    Setting("host", "text", "127.0.0.1", "", "The address the server listens on.", scope="server"),
    Setting("port", "integer", 1986, "", "The port the server listens on.", scope="server"),
    Setting(
        "data", "path", None, "", "The folder that holds the server's database; default HOME/data.", scope="server"
    ),
    Setting(
        "database",
        "text",
        None,
        "",
        "A PostgreSQL database instead of the data folder: postgresql://USER:PASSWORD@HOST:PORT/NAME. Set the variable "
        "rather than the option: other users of the machine see a command's options, password included.",
        scope="server",
        is_secret=True,
    ),
    Setting("no_auth", "flag", False, "", "Listen beyond loopback although nobody has to sign in.", scope="server"),
    Setting(
        "lost_after_seconds",
        "number",
        60.0,
        "s",
        "A running experiment that is silent for so long is lost.",
        scope="server",
        least=1,
    ),
    Setting(
        "max_batch_bytes",
        "integer",
        16 * 2**20,
        "bytes",
        "Largest compressed batch the server takes.",
        scope="server",
        least=1,
    ),
    Setting(
        "max_request_bytes",
        "integer",
        2**20,
        "bytes",
        "Largest other request the server takes.",
        scope="server",
        least=1,
    ),
)
_BY_NAME = {setting.name: setting for setting in SETTINGS}
_TRUE = {"1", "true", "yes", "on", "simple", "native", "default"}
_FALSE = {"0", "false", "no", "off", "none", ""}


def load(
    arguments: Mapping[str, Any] | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    file: Path | None = None,
) -> dict[str, Any]:
    """Find the value of every setting.

    Args:
        arguments: Values given in code or on the command line; None means not given.
        environment: What to read instead of the process's environment.
        file: What to read instead of `HOME/config.toml`.

    Returns:
        One entry per row of `SETTINGS`.

    Raises:
        SettingError: a value has the wrong kind, the file cannot be read, or it holds an unknown setting.

    Example:
        >>> load({"port": 8000}, environment={}, file=Path("/nowhere"))["port"]
        8000
    """
    environment = os.environ if environment is None else environment
    given = {name: value for name, value in (arguments or {}).items() if value is not None}
    for name in given:
        if name not in _BY_NAME:
            raise SettingError(f"There is no setting {name!r}.", hint=f"There are: {', '.join(sorted(_BY_NAME))}.")
    home = _first(_BY_NAME["home"], given, environment, {}, "")
    path = Path(home) / "config.toml" if file is None else file
    written = _read_file(path)
    return {setting.name: _first(setting, given, environment, written, str(path)) for setting in SETTINGS}


def _first(
    setting: Setting, given: Mapping[str, Any], environment: Mapping[str, str], written: Mapping[str, Any], path: str
) -> Any:
    if setting.name in given:
        return _convert(setting, given[setting.name], f"argument {setting.name}")
    if environment.get(setting.variable):
        return _convert(setting, environment[setting.variable], f"environment variable {setting.variable}")
    if setting.comet and environment.get(setting.comet):
        return _convert(setting, environment[setting.comet], f"environment variable {setting.comet}")
    if setting.name in written:
        return _convert(setting, written[setting.name], f"{path}, key {setting.name}")
    return _convert(setting, setting.default, "default")


def _read_file(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except NotADirectoryError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(
            f"The configuration file {path} cannot be read: {error}.", hint="Make it readable, or remove it."
        ) from error
    import tomllib  # noqa: PLC0415 - only who has a configuration file pays for its parser

    try:
        written = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingError(
            f"The configuration file {path} is not valid TOML: {error}.",
            hint='Write lines such as: url = "http://127.0.0.1:1986"',
        ) from error
    unknown = sorted(set(written) - set(_BY_NAME))
    if unknown:
        raise SettingError(
            f"The configuration file {path} holds unknown settings: {', '.join(unknown)}.",
            hint=f"There are: {', '.join(sorted(_BY_NAME))}.",
        )
    return written


def _convert(setting: Setting, value: Any, source: str) -> Any:
    if value is None:
        return None
    try:
        return _to_kind(setting, value)
    except (TypeError, ValueError, OverflowError) as error:
        shown = "(secret)" if setting.is_secret else repr(value)
        raise SettingError(f"{source}={shown} is not {_wanted(setting)}.", hint=setting.help) from error


def _wanted(setting: Setting) -> str:
    match setting.kind:
        case "text":
            return "text"
        case "address":
            return f"the address of a server, such as {DEFAULT_URL}"
        case "integer":
            return f"an integer of at least {setting.least}"
        case "number":
            return f"a number of at least {setting.least}"
        case "flag":
            return "a flag (true or false)"
        case "path":
            return "a path"
        case words:
            return "one of " + ", ".join(words)


def _to_kind(setting: Setting, value: Any) -> Any:
    kind = setting.kind
    if isinstance(kind, tuple):
        word = str(value).strip().lower()
        if word not in kind:
            raise ValueError(word)
        return word
    if kind == "flag":
        if isinstance(value, bool):
            return value
        word = str(value).strip().lower()
        if word not in _TRUE | _FALSE:
            raise ValueError(word)
        return word in _TRUE
    if kind == "path":
        return Path(value).expanduser()
    if isinstance(value, bool):
        raise TypeError
    if kind in {"integer", "number"}:
        number = float(value) if kind == "number" else int(value)
        if not math.isfinite(number) or number < setting.least or (isinstance(value, float) and number != value):
            raise ValueError(value)
        return number
    if not isinstance(value, str):
        raise TypeError
    return _to_address(value) if kind == "address" else value.strip()


def _to_address(text: str) -> str:
    """Without a slash at the end, and without what Comet's variable may add: the path of its client library."""
    address = text.strip().rstrip("/").removesuffix("/clientlib").rstrip("/")
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.port == 0 or parts.query or parts.fragment:
        raise ValueError(text)
    return address
