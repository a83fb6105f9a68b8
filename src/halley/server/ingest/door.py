"""The short way to ingest: batches come by the thousand, and the framework's way costs more than storing them.

Only what is exactly a batch's request goes through here; everything else about `/ingest`, and the OpenAPI document, is
the framework's. Both ways end in `Intake`, and errors have their one shape in both.
"""

from collections.abc import Mapping

import msgspec
from litestar.types import HTTPScope, Receive

from halley.server.http.errors import describe_error
from halley.server.http.front import Reply
from halley.server.ingest.take import Intake

_encoder = msgspec.json.Encoder()


class Door:
    """Answers requests to take a batch.

    Args:
        intake: Where batches come in.
    """

    def __init__(self, intake: Intake) -> None:
        self._intake = intake

    async def answer(self, scope: HTTPScope, headers: Mapping[str, str], receive: Receive) -> Reply:
        """Take the batch of a request."""
        try:
            return Reply(200, _encoder.encode(await self._intake.take(receive, headers)), {})
        except Exception as error:  # noqa: BLE001 - as the framework does: whatever it is, it becomes an answer
            return Reply(*describe_error(scope["method"], scope["path"], error))
