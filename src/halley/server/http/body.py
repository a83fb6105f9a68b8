"""Bodies: checked strictly against the route's type before the route sees them, with the field and value named."""

import re
from typing import Any

import msgspec
from litestar import Request

from halley.errors import InvalidRequest

_PLACE = re.compile(r"^(?P<what>.*?)(?: - at `\$\.?(?P<path>[^`]*)`)?$", re.DOTALL)
_NAMED = re.compile(r"(?:unknown|required) field `(?P<field>[^`]*)`")
_STEP = re.compile(r"\[(\d+)\]|([^.\[\]]+)")
_SHOWN = 100

_DOCUMENT = "See the OpenAPI document, /api/v1/openapi.json."


async def check_body(request: Request[Any, Any, Any]) -> None:
    """Refuse a JSON body that does not fit the type of the route's `data`.

    Unlike the framework, which would take "7" for a number, nothing is converted.

    Raises:
        InvalidRequest: names the field and its value.
    """
    data = request.route_handler.parsed_fn_signature.parameters.get("data")
    if data is None:
        return
    body = await request.body()
    if not body:
        raise InvalidRequest("The body is empty.", hint=f"Send {data.annotation.__name__} as JSON. {_DOCUMENT}")
    try:
        msgspec.json.decode(body, type=data.annotation)
    except msgspec.ValidationError as error:
        raise _explain(str(error), body) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidRequest(f"The body is no JSON: {error}.", hint=_DOCUMENT) from error


def _explain(said: str, body: bytes) -> InvalidRequest:
    match = _PLACE.match(said)
    what, path = (match["what"], match["path"] or "") if match else (said, "")
    named = _NAMED.search(what)
    if named:
        field = f"{path}.{named['field']}".lstrip(".")
        return InvalidRequest(f"{what.rstrip('.')}{f' in {path}' if path else ''}.", hint=_DOCUMENT, field=field)
    try:
        value = _show(_follow(msgspec.json.decode(body), path))
    except (msgspec.ValidationError, RecursionError):  # beyond a 64-bit float, or nested without an end
        value = "(not to be shown)"
    return InvalidRequest(f"{path or 'The body'}={value}: {what}.", hint=_DOCUMENT, field=path)


def _follow(value: Any, path: str) -> Any:
    """The value at a path such as `sort[0].column.kind`; as near as can be where the path is vague (`[...]`)."""
    for index, name in _STEP.findall(path):
        try:
            value = value[int(index)] if index else value[name]
        except (LookupError, TypeError):
            break
    return value


def _show(value: Any) -> str:
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "..."
