"""Query strings: a name that a route does not know is an error, not something to overlook."""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.params import QueryParameter

from halley.errors import InvalidRequest


async def refuse_unknown(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Refuse a request whose query string holds a name that its route does not know.

    Async although it waits for nothing: the framework would run it in a thread otherwise.

    Raises:
        InvalidRequest: names the parameter, and those there are.
    """
    if not connection.scope["query_string"]:
        return
    known = {
        name
        for name, field in handler.parsed_fn_signature.parameters.items()
        if isinstance(field.kwarg_definition, QueryParameter)
    }
    for name in connection.query_params:
        if name not in known:
            there = f"There are: {', '.join(sorted(known))}." if known else "This route takes none."
            raise InvalidRequest(f"There is no query parameter {name!r}.", hint=there, field=name)
