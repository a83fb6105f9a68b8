"""HTTP to one server over a connection that is kept.

The standard library's client, as it is loaded in a third of the time of others: a sender starts with every experiment.
"""

from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import NamedTuple
from urllib.parse import urlsplit

from halley.errors import ServerUnreachable

CONNECT_TIMEOUT_SECONDS = 5.0
ANSWER_TIMEOUT_SECONDS = 60.0
ANSWER_LIMIT_BYTES = 16 * 2**20


class Answer(NamedTuple):
    """What a server answered.

    Attributes:
        status: The HTTP status.
        headers: By name, in small letters.
        data: The body, up to `ANSWER_LIMIT_BYTES` of it.
    """

    status: int
    headers: Mapping[str, str]
    data: bytes


class Connection:
    """A connection to one server, opened when it is needed.

    Args:
        url: The server's address, such as `http://127.0.0.1:1986`; what follows the host stands before every path.
        api_key: Who speaks; None on a server that asks nobody.
        answer_seconds: How long the server may be silent.
    """

    def __init__(self, url: str, api_key: str | None = None, *, answer_seconds: float = ANSWER_TIMEOUT_SECONDS) -> None:
        self.url = url
        self._parts = urlsplit(url)
        self._headers = {"Accept": "application/json"}
        if api_key:
            self._headers["Authorization"] = f"Bearer {api_key}"
        self._answer_seconds = answer_seconds
        self._open: HTTPConnection | None = None

    def ask(self, method: str, path: str, body: bytes | None = None, media_type: str = "") -> Answer:
        """Ask once and read the answer; redirects are not followed.

        A connection that the server closed while nothing was asked is opened anew, and the same is asked again: ask
        only what may arrive twice.

        Raises:
            ServerUnreachable: there was no answer.
        """
        headers = self._headers | ({"Content-Type": media_type} if media_type else {})
        was_open = self._open is not None
        try:
            try:
                return self._ask(method, path, body, headers)
            except ConnectionError:
                self.close()
                if not was_open:
                    raise
                return self._ask(method, path, body, headers)
        except (HTTPException, OSError, UnicodeError) as error:
            self.close()
            raise ServerUnreachable(f"The server at {self.url} does not answer: {_plain(error)}.") from error

    def close(self) -> None:
        """Close the connection."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def _ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        connection = self._open or self._connect()
        with suppress(BrokenPipeError):  # it may have answered, and closed, before it had read all
            connection.request(method, self._parts.path + path, body, headers)
        reply = connection.getresponse()
        data = reply.read(ANSWER_LIMIT_BYTES)
        if not reply.isclosed():
            self.close()  # the rest is not wanted
            if len(data) < ANSWER_LIMIT_BYTES:
                raise ConnectionError("the answer stopped in the middle")
        return Answer(reply.status, {name.lower(): value for name, value in reply.getheaders()}, data)

    def _connect(self) -> HTTPConnection:
        make = HTTPSConnection if self._parts.scheme == "https" else HTTPConnection
        assert self._parts.hostname is not None  # settings see to it
        connection = make(self._parts.hostname, self._parts.port, timeout=CONNECT_TIMEOUT_SECONDS)
        connection.connect()
        connection.sock.settimeout(self._answer_seconds)
        self._open = connection
        return connection


def _plain(error: BaseException) -> str:
    """The reason in words: the system's if there is one, without the names of objects."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
