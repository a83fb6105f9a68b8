"""`python -m halley.server.document > web/openapi.json` writes the OpenAPI document."""

import sys

from halley.server.app import GIVEN, PREFIX, Options, make_slices
from halley.server.http.openapi import describe_api


def main() -> None:
    """Write the document to stdout."""
    sys.stdout.buffer.write(describe_api(PREFIX, make_slices(Options(version="")), GIVEN))


if __name__ == "__main__":
    main()
