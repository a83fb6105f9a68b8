"""The one shape of every error: whatever goes wrong leaves as `ErrorReply`, without a traceback."""

import logging
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.openapi.datastructures import ResponseSpec

from halley.errors import ArgumentError, Busy, RequestError, SequenceGap, StorageError, TooSlow
from halley.wire.errors import ErrorBody, ErrorReply

logger = logging.getLogger("halley.server")

ACKNOWLEDGED_HEADER = "Halley-Acknowledged"
"""On a 409 `sequence_gap`: how many records of the writer the server has."""

_MISSING = re.compile(r"Missing required query parameter '(?P<name>[^']*)'")
_CODES = {
    400: ("invalid_request", "See the OpenAPI document, /api/v1/openapi.json."),
    403: ("forbidden", ""),
    404: ("not_found", "See the OpenAPI document, /api/v1/openapi.json, for the routes there are."),
    405: ("method_not_allowed", "See the OpenAPI document, /api/v1/openapi.json, for the methods there are."),
    413: ("too_large", "Send less at once, or raise the server's limit (halley server --help)."),
    415: ("unsupported_media_type", "Send application/json."),
    500: ("internal", "It is in the server's log; please report it."),
    503: ("unavailable", "Try again in a moment."),
}
_MEANINGS = {
    400: "The path, the query or the body is wrong; `field` says where.",
    403: "The request comes from another site or names another host.",
    404: "There is no such thing.",
    408: "The body stopped in the middle.",
    409: "The request contradicts what is stored.",
    410: "It was deleted, for good.",
    413: "The body is too large.",
    429: "The server cannot take more now; the header Retry-After says when.",
    500: "The server failed; its log says how.",
}


def failures(*statuses: int) -> Mapping[int, ResponseSpec]:
    """Declare the errors of a route for the OpenAPI document; 403 and 500 may come from every route."""
    return {
        status: ResponseSpec(ErrorReply, generate_examples=False, description=_MEANINGS[status])
        for status in sorted({*statuses, 403, 500})
    }


def error_bytes(code: str, message: str, hint: str = "", field: str = "") -> bytes:
    """Write an error as JSON."""
    return msgspec.json.encode(ErrorReply(ErrorBody(code=code, message=message, hint=hint, field=field)))


def answer_error(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Turn whatever a route raised into a reply."""
    if isinstance(error, ValidationException):
        return _reply(400, _describe_validation(request, error))
    if isinstance(error, HTTPException):
        return _answer_framework(request, error)
    return _reply(*describe_error(request.method, request.url.path, error))


def describe_error(method: str, path: str, error: Exception) -> tuple[int, bytes, dict[str, str]]:
    """Turn an error into a reply's status, body and headers, and log it if it is the server's fault.

    Args:
        method: The request's.
        path: The request's.
        error: Any but the framework's own.
    """
    if isinstance(error, RequestError):
        return error.status, error_bytes(error.code, error.message, error.hint, error.field), _headers(error)
    if isinstance(error, ArgumentError):
        return 400, error_bytes("invalid_request", error.message, error.hint), {}
    if isinstance(error, StorageError):
        logger.error("%s %s: %s", method, path, error)
        return 503, error_bytes(error.code, error.message, error.hint), {"Retry-After": "5"}
    logger.error("%s %s failed", method, path, exc_info=error)
    code, hint = _CODES[500]
    return 500, error_bytes(code, "The server failed while answering.", hint), {}


def _headers(error: RequestError) -> dict[str, str]:
    if isinstance(error, SequenceGap):
        return {ACKNOWLEDGED_HEADER: str(error.acknowledged)}
    if isinstance(error, Busy):
        return {"Retry-After": str(max(1, round(error.retry_after_seconds)))}
    if isinstance(error, TooSlow):
        return {"Connection": "close"}  # what may still come is the rest of a body, and no request
    return {}


def _reply(status: int, content: bytes, headers: dict[str, str] | None = None) -> Response[bytes]:
    return Response(
        content,
        status_code=status,
        media_type="application/json",
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def _answer_framework(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    status = error.status_code
    code, hint = _CODES.get(status, (HTTPStatus(status).name.lower(), ""))
    path = request.url.path
    message = {
        404: f"There is no route {path}.",
        405: f"{path} does not take {request.method}.",
        413: "The body is larger than the server takes.",
    }.get(status, error.detail.rstrip(".") + ".")
    if status >= 500:
        logger.error("%s %s failed", request.method, path, exc_info=error)
        message = "The server failed while answering."
    headers = {name: value for name, value in (error.headers or {}).items() if name.lower() == "allow"}
    return _reply(status, error_bytes(code, message, hint), headers)


def _describe_validation(request: Request[Any, Any, Any], error: ValidationException) -> bytes:
    """Name the parameters of the path or query that are wrong, and their values; bodies are checked by `body.py`."""
    missing = _MISSING.search(error.detail)
    if missing:
        name = missing["name"]
        return error_bytes("invalid_request", f"The query parameter {name!r} is missing.", _CODES[400][1], name)
    problems = [problem for problem in (error.extra or []) if isinstance(problem, dict)]
    said = []
    for problem in problems:
        name = str(problem.get("key", ""))
        value = request.query_params.get(name, request.path_params.get(name, ""))
        said.append(f"{name}={value!r}: {problem.get('message', 'is wrong')}")
    message = "; ".join(said) or error.detail.rstrip(".")
    return error_bytes("invalid_request", f"{message}.", _CODES[400][1], str(problems[0]["key"]) if problems else "")
