"""The OpenAPI document of the API, from the routes' own types; the browser's typed client is generated from it."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from litestar import Litestar, Router
from litestar.openapi.config import OpenAPIConfig

from halley.server.http.given import provide
from halley.wire import api, batch, errors

_DESCRIPTION = "Self-hosted experiment management. Times are milliseconds since 1970 UTC; every error is an ErrorReply."
_NOISE = {"allowEmptyValue": False, "allowReserved": False, "deprecated": False, "headers": {}}


def describe_api(prefix: str, slices: Sequence[Router], given: Iterable[str]) -> bytes:
    """Write the OpenAPI document, sorted and stable.

    Args:
        prefix: Where the slices live, such as `/api/v1`.
        slices: The routers of all slices.
        given: Names of what the routes are given besides their request; they are no part of the document.
    """
    config = OpenAPIConfig(title="Halley", version="1", description=_DESCRIPTION, path="/document")
    app = Litestar(
        route_handlers=[Router(prefix, route_handlers=slices)],
        dependencies={name: provide(name) for name in given},
        openapi_config=config,
        logging_config=None,
    )
    document = _clean(app.openapi_schema.to_schema())
    document["paths"][f"{prefix}/ingest"]["post"]["requestBody"] = {
        "required": True,
        "description": "A zstandard-compressed msgpack batch, see halley.wire.batch.",
        "content": {batch.MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
    }
    for name, schema in document["components"]["schemas"].items():
        story = next(getattr(shapes, name) for shapes in (api, batch, errors) if hasattr(shapes, name))
        schema["description"] = " ".join(str(story.__doc__).split())
        schema.pop("title", None)
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def _clean(node: Any) -> Any:
    """Leave out what says nothing, and say anyOf where an integer also is a number."""
    if isinstance(node, list):
        return [_clean(item) for item in node]
    if not isinstance(node, dict):
        return int(node) if isinstance(node, float) and node.is_integer() else node
    kept = {key: _clean(value) for key, value in node.items() if not (key in _NOISE and value == _NOISE[key])}
    if "oneOf" in kept:
        kept["anyOf"] = kept.pop("oneOf")
    if kept.get("description") == "Request fulfilled, document follows":
        kept["description"] = "The answer."
    if isinstance(kept.get("description"), str):
        kept["description"] = " ".join(kept["description"].split())
    return kept
