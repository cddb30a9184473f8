"""Tests run where nothing but this machine can be reached: `unshare --net python -m tests.house.alone REPORT TESTS...`.

An audit hook of Python's own sees every look-up of a name and every connection, from whatever library. What does not
stay on this machine, and what code of the shop connects past the share gate, is written to REPORT, a line each.
"""

import fcntl
import socket
import struct
import sys
from pathlib import Path
from typing import Any

import pytest

from app.settings import ROOT

SIOCGIFFLAGS, SIOCSIFFLAGS, UP = 0x8913, 0x8914, 0x1
HERE = ("127.", "::1", "localhost")
GATE = str(ROOT / "app" / "foundation" / "outbound.py")
STAND_INS = ("simulator.py", "standing_in.py")


def raise_loopback() -> None:
    """In a new network namespace even the machine's own address is down."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        name = struct.pack("16sh", b"lo", 0)
        flags = struct.unpack("16sh", fcntl.ioctl(any_socket, SIOCGIFFLAGS, name))[1]
        if not flags & UP:
            fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh", b"lo", flags | UP))


def watch(report: Path) -> None:
    """Report what leaves this machine, and what leaves the shop past the gate, for as long as this process lives."""

    def see(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "socket.getaddrinfo":
            host = arguments[0].decode() if isinstance(arguments[0], bytes) else arguments[0]
        elif event in ("socket.connect", "socket.sendto") and isinstance(arguments[1], tuple):
            host = arguments[1][0]
        else:
            return
        if host and not str(host).startswith(HERE):
            note(f"{event} {host}")
        elif event == "socket.connect" and goes_past_the_gate():
            note(f"{event} {host} past the gate")

    def note(line: str) -> None:
        with report.open("a") as file:
            file.write(line + "\n")

    sys.addaudithook(see)


def goes_past_the_gate() -> bool:
    """Whether code of the shop, and not a stand-in of an outside party, connects without the gate among its callers."""
    frame, files = sys._getframe(), list[str]()
    while frame is not None:
        files.append(frame.f_code.co_filename)
        frame = frame.f_back  # type: ignore[assignment]
    of_the_shop = [file for file in files if file.startswith(str(ROOT / "app")) and not file.endswith(STAND_INS)]
    return bool(of_the_shop) and GATE not in files


if __name__ == "__main__":
    raise_loopback()
    watch(Path(sys.argv[1]))
    sys.exit(pytest.main(["-n", "0", "-q", "-p", "no:cacheprovider", *sys.argv[2:]]))
