"""A metric's point as the journal holds it: a fixed-size binary record."""

import struct

POINT = struct.Struct("<BIqqdd")
"""kind (0), metric id, step (or `NO_STEP`), time in ms since 1970 UTC, epoch (or NaN), value. 37 bytes.

Kind 0 cannot begin a msgpack map, so one byte tells a point from any other record.
"""

POINT_KIND = 0
