"""Asking the server one question before training begins."""

from halley.errors import ServerUnreachable
from halley.sdk.sender.connection import Connection


def is_known(url: str, api_key: str | None, experiment_key: str, *, timeout_seconds: float = 3.0) -> bool | None:
    """Say whether the server knows an experiment; None if it gives no answer in time."""
    connection = Connection(url, api_key, answer_seconds=timeout_seconds)
    try:
        status = connection.ask("GET", f"/api/v1/experiments/{experiment_key}").status
    except ServerUnreachable:
        return None
    finally:
        connection.close()
    return {200: True, 404: False}.get(status)
