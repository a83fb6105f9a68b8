"""Protection of a server without sign-in: which hosts it answers for, whose writes it takes, what browsers may do.

A page of another site can make a browser send requests to `http://127.0.0.1:1986`. It cannot read the replies, but a
name of its own that it points to 127.0.0.1 (DNS rebinding) would let it, and a write needs no reply. So a server on
loopback answers only to names of loopback, and no server takes a write that a browser says comes from another site.
"""

from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import urlsplit

from halley.errors import Forbidden

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})

SECURITY_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (
        b"content-security-policy",
        b"default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        b"worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
"""On every reply. Styles may be inline because widgets place themselves by them; scripts may not."""

_READING = frozenset({"GET", "HEAD", "OPTIONS"})


def check_request(method: str, headers: Mapping[str, str], hosts: frozenset[str] | None) -> None:
    """Refuse a request that another site makes a browser send.

    Args:
        method: The HTTP method.
        headers: The request's headers, lower-case names.
        hosts: The names this server answers for; None for all.

    Raises:
        Forbidden: the request names another host, or writes from another site.
    """
    host = headers.get("host", "")
    name = host_name(host)
    if hosts is not None and name not in hosts:
        raise Forbidden(
            f"This server does not answer for host {host!r}.",
            hint="Open it as http://localhost and its port, or start it with --no-auth to let it answer for all names.",
        )
    if method in _READING:
        return
    origin = headers.get("origin")
    is_foreign = headers.get("sec-fetch-site") == "cross-site" if origin is None else not _is_own(origin, host, name)
    if is_foreign:
        raise Forbidden(
            f"A page of {origin or 'another site'} may not change anything here.",
            hint="Use Halley's own pages, or a client that is no browser.",
        )


@lru_cache(maxsize=1_000)
def host_name(host: str) -> str:
    """The name in a Host header, lower case, without port and brackets.

    Example:
        >>> host_name("LocalHost:1986"), host_name("[::1]:1986"), host_name("")
        ('localhost', '::1', '')
    """
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_own(origin: str, host: str, name: str) -> bool:
    """Whether a page's origin is this server, or a page of this machine where the server is asked on loopback."""
    try:
        there = urlsplit(origin)
        page = there.hostname or ""
    except ValueError:
        return False
    return there.netloc.lower() == host.lower() or (page in LOOPBACK_NAMES and name in LOOPBACK_NAMES)
