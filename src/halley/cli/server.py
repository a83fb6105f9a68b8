"""Start the server and its web pages.

Everything is kept in one folder on this machine, or in a PostgreSQL database, which several servers may share.
Nobody has to sign in, and only this machine can reach it.
Stop it with Ctrl-C: requests in flight are finished; a second Ctrl-C does not wait for them.
"""

import argparse
import contextlib
import logging
from pathlib import Path
from typing import Any

from halley import __version__
from halley.server.app import Options, create_app
from halley.server.events.broadcast import Broadcast
from halley.server.listen import address_of, allowed_hosts, open_socket
from halley.server.serve import Server, serve
from halley.settings import SETTINGS, Setting, load
from halley.storage.open import BLOBS_FOLDER, open_storage


def configure(parser: argparse.ArgumentParser) -> None:
    """Add an option for every setting of the server."""
    for setting in _settings():
        flag = "--" + setting.name.replace("_", "-")
        said = _help(setting)
        if setting.kind == "flag":
            parser.add_argument(flag, action="store_const", const=True, default=None, help=said)
        else:
            parser.add_argument(flag, default=None, metavar=_placeholder(setting), help=said)


def run(arguments: argparse.Namespace) -> int:
    """Serve until stopped.

    Raises:
        SettingError: an option is wrong, or would open the server to other machines without sign-in.
        ListenError: the port is taken.
        StorageError: the data folder or the database cannot be used.
    """
    settings = load({setting.name: getattr(arguments, setting.name) for setting in _settings()})
    folder = Path(settings["data"] or settings["home"] / "data")
    place = settings["database"] or folder
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    host, is_open = settings["host"], settings["no_auth"]
    with (
        contextlib.closing(open_socket(host, settings["port"], is_open_to_all=is_open)) as listener,
        contextlib.closing(open_storage(place, blobs=folder / BLOBS_FOLDER)) as storage,
    ):
        broadcast = Broadcast()
        app = create_app(storage, _options(settings, storage.database), broadcast)
        address = address_of(listener, host)
        serve(
            Server(
                app,
                broadcast,
                lambda: _say_ready(address, storage.place if settings["database"] else str(place), settings),
            ),
            listener,
        )
    return 0


def _settings() -> list[Setting]:
    return [setting for setting in SETTINGS if setting.scope in {"server", "both"}]


def _options(settings: dict[str, Any], database: str) -> Options:
    return Options(
        version=__version__,
        database=database,
        hosts=allowed_hosts(settings["host"], is_open_to_all=settings["no_auth"]),
        lost_after_seconds=settings["lost_after_seconds"],
        max_batch_bytes=settings["max_batch_bytes"],
        max_request_bytes=settings["max_request_bytes"],
    )


def _say_ready(address: str, place: str, settings: dict[str, Any]) -> None:
    print(f"Halley is at {address} (data in {place}). Stop it with Ctrl-C.", flush=True)
    if settings["no_auth"]:
        print("Nobody has to sign in: whoever reaches this address can read, change and delete everything.", flush=True)


def _help(setting: Setting) -> str:
    default = setting.default
    if default is None or setting.kind == "flag":
        end = ""
    elif setting.unit == "bytes":
        end = f" Default: {default} bytes ({default // 2**20} MiB)."
    else:
        end = f" Default: {f'{default:g}' if setting.kind == 'number' else default} {setting.unit}".rstrip() + "."
    return f"{setting.help}{end} [{setting.variable}]".replace("%", "%%")


def _placeholder(setting: Setting) -> str:
    if isinstance(setting.kind, tuple):
        return "{" + ",".join(setting.kind) + "}"
    return {"path": "DIR", "integer": "N", "number": "SECONDS" if setting.unit == "s" else "X"}.get(
        setting.kind, setting.name.upper()
    )
