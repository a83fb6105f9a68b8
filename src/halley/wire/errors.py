"""The one shape in which every error leaves the HTTP API."""

import msgspec


class ErrorBody(msgspec.Struct, frozen=True):
    """What went wrong, what to do next, and which field of the request it is about (empty if none)."""

    code: str
    message: str
    hint: str
    field: str


class ErrorReply(msgspec.Struct, frozen=True):
    """The one shape of every error."""

    error: ErrorBody
