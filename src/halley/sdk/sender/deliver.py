"""One batch to the server and its answer."""

from http.client import responses
from typing import NamedTuple

import msgspec

from halley.errors import DeliveryError, ExperimentGone, Gone, ServerRefused, ServerUnreachable
from halley.sdk.sender.connection import Answer, Connection
from halley.wire.batch import MEDIA_TYPE, Batch, BatchReply, encode_batch
from halley.wire.errors import ErrorBody, ErrorReply


class Gap(NamedTuple):
    """The server's answer to a batch that does not follow on what it has: send on from here."""

    acknowledged: int


class Courier:
    """Delivers batches to one server.

    Args:
        url: The server's address, such as `http://127.0.0.1:1986`.
        api_key: Who speaks; None on a server that asks nobody.
    """

    def __init__(self, url: str, api_key: str | None = None) -> None:
        self.url = url
        self._connection = Connection(url, api_key)

    def post(self, batch: Batch) -> BatchReply | Gap:
        """Post a batch.

        Raises:
            ServerUnreachable: there was no answer, or one that says to try again.
            ExperimentGone: the experiment was deleted there.
            ServerRefused: the server answered that it will not take this.
        """
        answer = self._connection.ask("POST", "/api/v1/ingest", encode_batch(batch), MEDIA_TYPE)
        status = answer.status
        if status in {200, 201}:
            return self._read_reply(answer.data)
        acknowledged = answer.headers.get("halley-acknowledged", "")
        if status == 409 and acknowledged.isdigit():
            return Gap(int(acknowledged))
        raise self._explain(answer)

    def ask(self, method: str, path: str, body: bytes, media_type: str) -> bytes:
        """Ask anything else that may arrive twice; return the body of the answer.

        Raises:
            ServerUnreachable: there was no answer, or one that says to try again.
            ExperimentGone: what it is about was deleted.
            ServerRefused: the server answered that it will not do this.
        """
        answer = self._connection.ask(method, path, body, media_type)
        if 200 <= answer.status < 300:
            return answer.data
        raise self._explain(answer)

    def _explain(self, answer: Answer) -> DeliveryError:
        status = answer.status
        told = _read_error(answer.data)
        words = told.message if told is not None and status == 429 else _words(told, status)
        said = f"The server at {self.url} answered {status}: {words}"  # when to try again is not for people
        if status >= 500 or status in {408, 425, 429}:
            return ServerUnreachable(said, after_seconds=_seconds(answer.headers.get("retry-after", "")))
        if told is None:
            return self._no_halley(f"it answered {_words(told, status)}", status)
        return (ExperimentGone if told.code == Gone.code else ServerRefused)(said, status=status)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _read_reply(self, data: bytes) -> BatchReply:
        try:
            return msgspec.json.decode(data, type=BatchReply)
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            raise self._no_halley(str(error), 404) from error

    def _no_halley(self, reason: str, status: int) -> ServerRefused:
        return ServerRefused(
            f"What answers at {self.url} is no Halley server: {reason}.",
            status=status,
            hint="Set HALLEY_URL to the server's address.",
        )


def _seconds(text: str) -> float:
    try:
        return max(0.0, min(float(text), 300.0))
    except ValueError:
        return 0.0


def _read_error(data: bytes) -> ErrorBody | None:
    """Read what the server says of an error; None if it does not say it as Halley does, as a proxy's page."""
    try:
        return msgspec.json.decode(data, type=ErrorReply).error
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError):
        return None


def _words(error: ErrorBody | None, status: int) -> str:
    return responses.get(status, str(status)) if error is None else f"{error.message} {error.hint}".strip()
