"""Code: source files, notebooks, the command line, and the packages that it ran with."""

import inspect
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from halley.core.names import check_name
from halley.core.parameter import to_value
from halley.errors import ArgumentError
from halley.sdk.encode.asset import list_folder, make_source, read_source
from halley.sdk.encode.command import read_command
from halley.sdk.panes.voice import AssetInfo, Voice
from halley.wire.records import Other, Parameter

_ENDINGS = frozenset({".py", ".yaml", ".yml", ".txt", ".ipynb", ".sh", ".toml", ".cfg", ".ini", ".json", ".md"})
"""What `log_code` takes of a folder."""


class Code(Voice):
    """Logging of code."""

    __slots__ = ()

    def log_code(
        self,
        file_name: str | Path | None = None,
        folder: str | Path | None = None,
        code: str | None = None,
        code_name: str | None = None,
        overwrite: bool = False,
        metadata: Mapping[str, Any] | None = None,
    ) -> list[AssetInfo]:
        """Log source code, as assets of the kind `code`: a file, the files of a folder, or a text.

        Args:
            file_name: The path of a file; without it, a folder and a text, the file of whoever calls.
            folder: A folder, of which source, settings and notes are taken, with all inside it.
            code: A text.
            code_name: What the text is called.
            overwrite: Whether each takes the place of an earlier one with its name.
            metadata: Facts about each.

        Returns:
            What `log_asset` returns, for each file that is kept.

        Raises:
            ArgumentError: more than one of file, folder and text is given, or there is no such file or folder.

        Example:
            >>> infos = experiment.log_code(code="print('hello')", code_name="hello.py")
        """
        if sum(one is not None for one in (file_name, folder, code)) > 1:
            raise ArgumentError("log_code() takes one of file_name, folder and code.", hint="Call it for each.")
        if code is not None:
            name = code_name or "code.py"
            sources = [make_source(name, code.encode("utf-8", "replace"), "log_code(code_name)", "text/x-python")]
        elif folder is not None:
            root = Path(folder)
            sources = [
                read_source(path, f"{root.absolute().name}/{path.relative_to(root).as_posix()}", "log_code(folder)")
                for path in list_folder(root, recursive=True)
                if path.suffix in _ENDINGS and not any(part.startswith(".") for part in path.relative_to(root).parts)
            ]
        else:
            path = Path(file_name) if file_name is not None else _find_caller()
            sources = [read_source(path, code_name or path.name, "log_code(file_name)")]
        infos = [
            self._emit_asset(source, kind="code", metadata=metadata, is_overwriting=overwrite, is_stepped=False)
            for source in sources
        ]
        return [info for info in infos if info is not None]

    def set_code(
        self, code: str | None = None, overwrite: bool = False, filename: str | Path | None = None
    ) -> list[AssetInfo]:
        """Log source code: Comet's older name of `log_code`.

        Example:
            >>> infos = experiment.set_code("print('hello')")
        """
        return self.log_code(file_name=filename, code=code, overwrite=overwrite)

    def set_filename(self, fname: str) -> None:
        """Log the path of the script, as the other `filename`.

        Raises:
            ArgumentError: it is empty.

        Example:
            >>> experiment.set_filename("train.py")
        """
        name = check_name(fname, "set_filename(fname)")
        self._others["filename"] = name
        self._emit(Other(time=self._now(), name="filename", value=name))

    def log_notebook(self, filename: str | Path, overwrite: bool = False) -> AssetInfo | None:
        """Log a notebook.

        Args:
            filename: The path of an `.ipynb` file.
            overwrite: Whether it takes the place of an earlier one with its name.

        Raises:
            ArgumentError: it is no notebook, or there is no such file.

        Example:
            >>> from pathlib import Path
            >>> _ = Path("training.ipynb").write_text("{}")
            >>> info = experiment.log_notebook("training.ipynb")
        """
        if Path(filename).suffix != ".ipynb":
            raise ArgumentError(
                f"log_notebook(filename)={str(filename)!r} is no notebook.", hint="Pass an .ipynb file."
            )
        source = read_source(filename, None, "log_notebook(filename)")
        return self._emit_asset(source, kind="notebook", is_overwriting=overwrite, is_stepped=False)

    def set_cmd_args(self) -> None:
        """Log the arguments of the command line as parameters: `--lr 0.1` and `--lr=0.1` as `lr`, `-v` as `v`.

        Example:
            >>> experiment.set_cmd_args()
        """
        for name, value in read_command(sys.argv[1:]).items():
            checked = to_value(value, f"argument {name!r}")
            self._parameters[name] = checked
            self._emit(Parameter(time=self._now(), name=check_name(name, "argument"), value=checked, source="cli"))

    def set_pip_packages(self) -> AssetInfo | None:
        """Log which Python packages are installed, with their versions.

        Example:
            >>> info = experiment.set_pip_packages()
        """
        from importlib.metadata import distributions  # noqa: PLC0415 - only this needs it, and it takes 15 ms

        found = {(one.name or "", one.version or "") for one in distributions()}
        text = "".join(f"{name}=={version}\n" for name, version in sorted(found) if name)
        source = make_source("pip-packages.txt", text.encode(), "set_pip_packages()")
        return self._emit_asset(source, kind="packages", is_stepped=False, is_overwriting=True)


def _find_caller() -> Path:
    """The file of whoever called, outside of Halley."""
    own = Path(__file__).resolve().parents[2]
    for frame in inspect.stack(context=0):
        path = Path(frame.filename)
        if path.is_file() and own not in path.resolve().parents:
            return path
    raise ArgumentError("log_code() is called from no file.", hint="Pass file_name, folder or code.")
