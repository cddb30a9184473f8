"""Starting programs that never outlive us, and stopping them within a bounded time. Linux only.

Each program leads a process group of its own, so that Ctrl-C reaches only the starter, and is told by the kernel when
the starter dies, however it dies.
"""

import contextlib
import ctypes
import http.client
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

PR_SET_PDEATHSIG = 1
NOT_PREPARED = 3
"""Exit status of the web server when the stores could not be migrated."""
_libc = ctypes.CDLL(None, use_errno=True)


class NotAnswering(RuntimeError):
    """A server did not answer in time, or its program ended first."""


def end_with_parent() -> None:
    """Ask the kernel to send this process a TERM when the process that started it dies."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def spawn(
    argv: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    user: str | None = None,
    output: IO[bytes] | int | None = None,
) -> "subprocess.Popen[bytes]":
    """Start a program in a process group of its own that ends when we do. `output` takes both of its streams."""
    starter = os.getpid()

    def before_exec() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        end_with_parent()
        if os.getppid() != starter:
            os._exit(1)

    return subprocess.Popen(  # noqa: PLW1509
        argv,
        env=None if env is None else dict(env),
        cwd=cwd,
        user=user,
        group=user,
        extra_groups=[] if user else None,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        process_group=0,
        preexec_fn=before_exec,
    )


def stop(programs: Iterable["subprocess.Popen[bytes]"], grace_seconds: float = 8) -> None:
    """TERM to every program; what is left of its group after `grace_seconds` is killed. Safe to repeat."""
    running = list(programs)
    for program in running:
        signal_group(program, signal.SIGTERM)
    deadline = time.monotonic() + grace_seconds
    for program in running:
        try:
            program.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            pass
        finally:
            signal_group(program, signal.SIGKILL)
            program.wait()


def signal_group(program: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    """Signal a program and all it started; nothing happens when they are gone."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(program.pid, number)


def free_port(host: str = "127.0.0.1") -> int:
    """A port that nobody listens on at this moment."""
    with socket.create_server((host, 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def is_free(host: str, port: int) -> bool:
    """Whether we could listen here. Raises OSError when the host is not one of ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.create_server((host, port), family=family):
            return True
    except PermissionError:
        raise
    except OSError as problem:
        if problem.errno in (98, 48):  # EADDRINUSE on Linux and on BSD
            return False
        raise


def wait_until_answering(
    address: str,
    seconds: float,
    programs: Sequence["subprocess.Popen[bytes]"] = (),
    pause: Callable[[float], object] = time.sleep,
) -> None:
    """Return once `address` answers with 200. Raises NotAnswering after `seconds`, or when a program ends before."""
    deadline = time.monotonic() + seconds
    answer = "nothing"
    while time.monotonic() < deadline:
        for program in programs:
            if program.poll() is not None:
                raise NotAnswering(f"{program.args!r} ended with code {program.returncode}")
        with contextlib.suppress(OSError, http.client.HTTPException):
            status, answer = one_get(address)
            if status == 200:
                return
        pause(0.05)
    raise NotAnswering(f"{address} gave {answer} for {seconds:.0f} seconds")


def one_get(address: str) -> tuple[int, str]:
    """Status and first words of one answer. Raises OSError or HTTPException when there is none."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=5)
    try:
        connection.request("GET", parts.path or "/")
        answer = connection.getresponse()
        return answer.status, f"{answer.status} {answer.read(300).decode(errors='replace')}"
    finally:
        connection.close()
