"""Write what is generated from code: the OpenAPI document, the browser's typed client, the reference pages.

    python packaging/generate.py [--check] [--python-only]

`--check` writes nothing and fails where a file is stale.
"""

from __future__ import annotations

import argparse
import contextlib
import inspect
import io
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import comet
import web

import halley
from halley import errors
from halley.cli.main import main as run_halley
from halley.server.document import render as render_openapi
from halley.settings import SETTINGS

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
NOTE = "<!-- Written by `make gen`; edit the code instead. -->\n\n"


def render_settings() -> str:
    """The settings page."""
    lines = [
        "# Settings\n",
        "A setting comes from, in this order: an argument, the environment, Comet's environment (for scripts written "
        "for Comet), the file `~/.halley/config.toml`, the default. The file is TOML:\n",
        '```toml\nurl = "http://127.0.0.1:1986"\nproject_name = "digits"\n```\n',
    ]
    for title, scopes in (("In a training script", {"sdk", "both"}), ("Of the server", {"server", "both"})):
        lines += [f"## {title}\n", "| key | environment | default | what it is |", "|---|---|---|---|"]
        for row in (row for row in SETTINGS if row.scope in scopes):
            comet = f", `{row.comet}`" if row.comet else ""
            default = "" if row.default is None else f"`{row.default}` {row.unit}".strip()
            lines.append(f"| `{row.name}` | `{row.variable}`{comet} | {default} | {row.help} |")
        lines.append("")
    return "\n".join(lines)


def render_errors() -> str:
    """The errors page."""
    lines = [
        "# Errors\n",
        "Every error says what happened, to what, and what to do next. Over HTTP it has one shape:\n",
        '```json\n{"error": {"code": "not_found", "message": "There is no experiment 3f...", '
        '"hint": "Check the key.", "field": ""}}\n```\n',
        "| code | class | HTTP | when |",
        "|---|---|---|---|",
    ]
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.HalleyError)]
    for kind in kinds:
        status = getattr(kind, "status", "")
        status = status if isinstance(status, int) else ""
        what = (inspect.getdoc(kind) or "").splitlines()[0]
        lines.append(f"| `{kind.code}` | `{kind.__name__}` | {status} | {what} |")
    return "\n".join(lines) + "\n"


def render_experiment() -> str:
    """The page of the SDK's public methods."""
    lines = ["# The Python SDK\n", inspect.getdoc(halley) or "", ""]
    for title, thing in (("halley.start", halley.start), ("halley.Experiment", halley.Experiment)):
        lines += [f"## `{title}{inspect.signature(thing)}`\n".replace("'", ""), render_docstring(thing), ""]
    for name, member in sorted(inspect.getmembers(halley.Experiment)):
        if name.startswith("_"):
            continue
        is_method = inspect.isfunction(member)
        signature = str(inspect.signature(member)).replace("self, ", "").replace("self", "") if is_method else ""
        lines += [f"### `{name}{signature}`\n".replace("'", ""), render_docstring(member), ""]
    return "\n".join(lines)


def render_comet() -> str:
    """The page that says which of Comet's names are here."""
    lines = [
        "# Names of Comet's\n",
        "Which public names of Comet's Python SDK (comet_ml 3.58.8) exist here, with the same arguments. What is not "
        "here yet is on its way; [what differs in behaviour](../guides/coming-from-comet.md).\n",
        "## `import halley as comet_ml`\n",
        "| name | here |",
        "|---|---|",
    ]
    lines += [f"| `{name}` | {'yes' if name in halley.__all__ else 'not yet'} |" for name in comet.MODULE]
    lines += ["\n## Experiment\n", "| method | here |", "|---|---|"]
    methods = comet.list_methods()
    for name, arguments in methods:
        shown = name if arguments == ["property"] else f"{name}({', '.join(arguments)})"
        lines.append(f"| `{shown}` | {'yes' if hasattr(halley.Experiment, name) else 'not yet'} |")
    count = sum(hasattr(halley.Experiment, name) for name, _ in methods)
    lines.append(f"\n{count} of {len(methods)} methods are here.")
    return "\n".join(lines) + "\n"


def render_docstring(thing: object) -> str:
    """A Google-style docstring as Markdown: section heads bold, arguments as a list, examples as code."""
    text = inspect.getdoc(thing) or ""
    out: list[str] = []
    section = ""
    for line in text.splitlines():
        head = re.fullmatch(r"(Args|Returns|Raises|Attributes|Example|Examples|Yields):", line)
        if head:
            section = head.group(1)
            out += [f"**{section}**", ""]
        elif section in {"Args", "Raises", "Attributes"} and re.match(r"    \S", line):
            name, _, rest = line.strip().partition(":")
            out.append(f"- `{name}`:{rest}")
        elif line and not line.startswith(" "):
            section = ""
            out.append(line)
        else:
            out.append(line[2:] if section in {"Args", "Raises", "Attributes"} and line.startswith("    ") else line)
    return re.sub(r"((?:^    (?:>>>|\.\.\.).*\n?(?:^    \S.*\n?)*)+)", _as_code, "\n".join(out), flags=re.MULTILINE)


def _as_code(match: re.Match[str]) -> str:
    return "```python\n" + "\n".join(line[4:] for line in match.group(1).rstrip().splitlines()) + "\n```\n"


def render_cli() -> str:
    """The page of the command line: every command's own --help."""
    os.environ["COLUMNS"] = "100"
    lines = ["# The command line\n"]
    for command in ((), ("server",), ("upload",)):
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.suppress(SystemExit):
            run_halley([*command, "--help"])
        lines += [
            f"## `halley {' '.join(command)}`".replace(" `", "`") + "\n",
            f"```\n{said.getvalue().rstrip()}\n```\n",
        ]
    return "\n".join(lines)


def render_all() -> Iterator[tuple[Path, str]]:
    """Every file that Python generates."""
    yield ROOT / "web" / "openapi.json", render_openapi()
    for name, render in (
        ("settings", render_settings),
        ("errors", render_errors),
        ("experiment", render_experiment),
        ("comet", render_comet),
        ("command-line", render_cli),
    ):
        yield REFERENCE / f"{name}.md", NOTE + render().rstrip() + "\n"


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; fail where a file is stale")
    parser.add_argument("--python-only", action="store_true", help="leave the browser's client out")
    arguments = parser.parse_args()
    stale = []
    for path, text in render_all():
        if not path.exists() or path.read_text() != text:
            stale.append(path)
            if not arguments.check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
                print(f"wrote {path.relative_to(ROOT)}")
    if stale and arguments.check:
        print("Stale; run `make gen`: " + ", ".join(str(path.relative_to(ROOT)) for path in stale))
        return 1
    if not arguments.python_only:
        web.install_packages()
        web.run_npm("run", "--silent", "gen:check" if arguments.check else "gen")
    return 0


if __name__ == "__main__":
    sys.exit(main())
