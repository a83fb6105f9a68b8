"""Where the server listens: which addresses are allowed, and who has the port if it is taken."""

import errno
import ipaddress
import socket
from contextlib import suppress
from pathlib import Path

from halley.errors import ListenError, SettingError
from halley.server.http.protect import LOOPBACK_NAMES

_LISTENING = "0A"


def open_socket(host: str, port: int, *, is_open_to_all: bool) -> socket.socket:
    """Bind the address the server will listen on.

    Args:
        host: A name or an address, of either family.
        port: 0 for one that is free.
        is_open_to_all: Whether an address beyond loopback is allowed although nobody has to sign in.

    Raises:
        SettingError: the host is unknown or beyond loopback, or the port is none.
        ListenError: another process listens there, or this user may not.
    """
    family, address = _resolve(host, port)
    if not is_open_to_all and not ipaddress.ip_address(address[0].partition("%")[0]).is_loopback:
        raise SettingError(
            f"host={host!r} is reachable from other machines, and nobody has to sign in yet: "
            "everyone who reaches it could read, change and delete everything.",
            hint="Leave out --host to stay on this machine (and use `ssh -L` from others), "
            "or spell out --no-auth to open it all the same.",
        )
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind(address)
        listener.listen(1024)
        listener.setblocking(False)
    except OSError as error:
        listener.close()
        raise _explain(error, host, port) from error
    return listener


def allowed_hosts(host: str, *, is_open_to_all: bool) -> frozenset[str] | None:
    """The host names that requests may give: those of loopback and `host`; None (all) for an open server."""
    return None if is_open_to_all else LOOPBACK_NAMES | {host.lower().strip("[]")}


def address_of(listener: socket.socket, host: str) -> str:
    """The URL for people: `host` as given and the port that was bound.

    An address that stands for every interface is shown as localhost.
    """
    port = listener.getsockname()[1]
    if host in {"0.0.0.0", "::", ""}:  # noqa: S104  # comparing, not binding
        host = "localhost"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _resolve(host: str, port: int) -> tuple[socket.AddressFamily, tuple[str, int]]:
    if not 0 <= port <= 65_535:
        raise SettingError(f"port={port} is not a port.", hint="Choose one from 1 to 65535, or 0 for any that is free.")
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise SettingError(
            f"host={host!r} is no address of this machine: {error}.", hint="Leave out --host to use 127.0.0.1."
        ) from error
    # localhost may be both ::1 and 127.0.0.1; senders and the printed URL use the latter.
    family, _, _, _, address = min(found, key=lambda row: row[0] != socket.AF_INET)
    return family, address  # type: ignore[return-value]  # only families of the internet come with a port


def _explain(error: OSError, host: str, port: int) -> ListenError:
    if error.errno == errno.EADDRINUSE:
        who = _who_listens(port)
        return ListenError(
            f"Port {port} of {host} is in use{f' by {who}' if who else ''}.",
            hint=f"Stop that, or choose another port: halley server --port {port + 1 if port < 65_535 else 0}",
        )
    if error.errno == errno.EACCES:
        return ListenError(
            f"This user may not listen on port {port}.", hint="Choose one above 1023: halley server --port 1986"
        )
    return ListenError(
        f"The server cannot listen on {host}, port {port}: {error.strerror}.",
        hint="Give --host an address of this machine, or leave it out.",
    )


def _who_listens(port: int) -> str:
    """The process that listens on a port, as Linux tells it; empty where it does not."""
    inodes = set()
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        with suppress(OSError, ValueError, IndexError):
            for row in table.read_text().splitlines()[1:]:
                cells = row.split()
                if cells[3] == _LISTENING and int(cells[1].rpartition(":")[2], 16) == port:
                    inodes.add(f"socket:[{cells[9]}]")
    if not inodes:
        return ""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # ended meanwhile, or another user's
            if any(str(link.readlink()) in inodes for link in (process / "fd").iterdir()):
                command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace").strip()
                return f"process {process.name} ({command[:120]})"
    return ""
