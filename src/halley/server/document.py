"""`python -m halley.server.document > web/openapi.json` writes the OpenAPI document."""

import sys

from halley.server.app import GIVEN, PREFIX, SLICES
from halley.server.http.openapi import describe_api


def render() -> str:
    """The OpenAPI document of the API, as `web/openapi.json` holds it: sorted, stable, with a last line end.

    Example:
        >>> render().count('"operationId": "sendBatch"')
        1
    """
    return describe_api(PREFIX, SLICES, GIVEN).decode()


if __name__ == "__main__":
    sys.stdout.write(render())
