"""Asking the server one question before training begins."""

from typing import NamedTuple

import msgspec

from halley.errors import ArgumentError, ServerUnreachable
from halley.sdk.sender.connection import Connection
from halley.wire.api import ForkExperiment
from halley.wire.errors import ErrorReply


class Home(NamedTuple):
    """Where an experiment is on the server; all empty if the server has none with this key."""

    workspace: str = ""
    project: str = ""

    def __bool__(self) -> bool:
        return bool(self.workspace)


class _Place(msgspec.Struct):
    workspace: str
    project: str


class _Detail(msgspec.Struct):
    experiment: _Place


def find_home(url: str, api_key: str | None, experiment_key: str, *, timeout_seconds: float = 3.0) -> Home | None:
    """Say where the server has an experiment; None if it gives no answer in time."""
    connection = Connection(url, api_key, answer_seconds=timeout_seconds)
    try:
        answer = connection.ask("GET", f"/api/v1/experiments/{experiment_key}")
    except ServerUnreachable:
        return None
    finally:
        connection.close()
    if answer.status == 404:
        return Home()
    if answer.status != 200:
        return None
    try:
        found = msgspec.json.decode(answer.data, type=_Detail).experiment
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError):
        return None
    return Home(found.workspace, found.project)


def fork(
    url: str, api_key: str | None, parent: str, step: int, experiment_key: str, *, timeout_seconds: float = 30.0
) -> Home:
    """Let the server make an experiment that begins with what another has up to a step; say where it is.

    Raises:
        ArgumentError: the server has no such parent, or will not.
        ServerUnreachable: it does not answer.
    """
    connection = Connection(url, api_key, answer_seconds=timeout_seconds)
    wanted = msgspec.json.encode(ForkExperiment(step=step, experiment_key=experiment_key))
    try:
        answer = connection.ask("POST", f"/api/v1/experiments/{parent}/forks", wanted, "application/json")
    finally:
        connection.close()
    try:
        if answer.status == 201:
            made = msgspec.json.decode(answer.data, type=_Place)
            return Home(made.workspace, made.project)
        told = msgspec.json.decode(answer.data, type=ErrorReply).error
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise ServerUnreachable(f"What answers at {url} is no Halley server: {error}.") from error
    if answer.status >= 500 or answer.status == 429:
        raise ServerUnreachable(f"The server at {url} answered {answer.status}: {told.message}")
    raise ArgumentError(told.message, hint=told.hint)
