"""`make run`: prepare, start every program of the shop, say where it is, and end all of them together.

Ctrl-C or TERM stops the programs and waits for them, 10 seconds at most; if this process is killed outright the kernel
tells them. A program that ends by itself is started again, unless it does so three times in a minute.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import IO, NoReturn

from app.settings import ROOT, Settings, SettingsError
from deploy.processes import NOT_PREPARED, NotAnswering, end_with_parent, is_free, spawn, stop, wait_until_answering

START_SECONDS = 180
GRACE_SECONDS = 10
MAX_ENDS_A_MINUTE = 3
STOPPING = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}


class CannotStart(Exception):
    """The message tells the person at the terminal what to do."""


class ToldToStop(BaseException):
    """Ctrl-C, TERM or a closed terminal."""


@dataclass
class Program:
    """One program of the shop, and the times at which it ended by itself. `once` is for its first start only."""

    name: str
    argv: list[str]
    port: int | None = None
    once: list[str] = field(default_factory=list)
    needs_tables: bool = False
    running: "subprocess.Popen[bytes] | None" = None
    ends: list[float] = field(default_factory=list)

    def start(self) -> None:
        self.running = spawn(self.argv + self.once, cwd=ROOT)
        self.once = []

    def has_ended(self) -> bool:
        return self.running is not None and self.running.poll() is not None


def programs(settings: Settings) -> list[Program]:
    """Everything that makes up the running shop. A new program is a new row."""
    python = sys.executable
    rows = [
        Program("web", [python, "-m", "deploy.web"], settings.port, once=["--prepare"]),
    ]
    if settings.simulators:
        rows += [
            Program("SMS simulator", [python, "-m", "app.notifications.simulator"], settings.port + 1),
            Program("payment simulator", [python, "-m", "app.payments.chinabank.simulator"], settings.port + 2),
            Program("tracking simulator", [python, "-m", "app.shipping.kuaidi100.simulator"], settings.port + 3),
            Program("mail simulator", [python, "-m", "app.notifications.mail.simulator"], settings.port + 4),
        ]
    rows += [
        Program("worker", [python, "-m", "flask", "--app", "wsgi", "worker"], needs_tables=True),
    ]
    return rows


def main() -> int:
    if "--with-parent" in sys.argv:
        end_with_parent()
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING | {signal.SIGCHLD})
    try:
        run(Settings.from_environment())
    except ToldToStop:
        print("Stopped.", flush=True)
        return 0
    except (CannotStart, SettingsError, NotAnswering) as problem:
        print(f"Yunshang is not running: {problem}", file=sys.stderr)
        return 2


def run(settings: Settings) -> NoReturn:
    """Returns only by an exception: ToldToStop, or one that says what is wrong. No program is left behind."""
    table = programs(settings)
    with only_one(settings):
        for program in table:
            require_free(settings, program)
        gather_metrics(settings.instance_dir / "metrics")
        try:
            for program in table:
                if program.needs_tables:
                    wait_for_web(settings, table)
                program.start()
            wait_for_web(settings, table)
            print(f"\nYunshang is open at {settings.site_url}/   (Ctrl-C stops it)\n", flush=True)
            keep_running(table)
        finally:
            stop(running(table), GRACE_SECONDS)


def wait_for_web(settings: Settings, table: list[Program]) -> None:
    """Until the stores are prepared and the web answers. Raises NotAnswering, or CannotStart when preparing failed."""
    try:
        address = f"http://{reachable(settings.host)}:{settings.port}/readyz"
        wait_until_answering(address, START_SECONDS, running(table), pause)
    except NotAnswering:
        if any(program.returncode == NOT_PREPARED for program in running(table)):
            raise CannotStart("the databases could not be prepared: see above.") from None
        raise


def running(table: list[Program]) -> "list[subprocess.Popen[bytes]]":
    return [program.running for program in table if program.running]


def only_one(settings: Settings) -> IO[str]:
    """Hold the instance folder for ourselves. Raises CannotStart when another start holds it."""
    settings.instance_dir.mkdir(parents=True, exist_ok=True)
    lock = (settings.instance_dir / "run.lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise CannotStart(
            f"it is already running on the data in {settings.instance_dir}. "
            "Stop that one, or give this one a folder of its own: INSTANCE_DIR=/some/folder PORT=8010 make run"
        ) from None
    return lock


def require_free(settings: Settings, program: Program) -> None:
    if program.port is None:
        return
    host = settings.host if program.name == "web" else "127.0.0.1"
    try:
        free = is_free(host, program.port)
    except (OSError, OverflowError) as problem:
        raise CannotStart(f"this computer cannot listen on {host} port {program.port} ({problem}).") from problem
    if not free:
        raise CannotStart(
            f"port {program.port} ({program.name}) is taken by another program. Stop that one, or choose other ports: "
            f"PORT={settings.port + 10} make run"
        )


def gather_metrics(folder: Path) -> None:
    """Let the figures of all web processes meet in one empty folder, as prometheus-client wants it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def pause(seconds: float) -> None:
    """Wait, or until a program ends. Raises ToldToStop when that is what woke us."""
    told = signal.sigtimedwait(STOPPING | {signal.SIGCHLD}, seconds)
    if told and told.si_signo in STOPPING:
        raise ToldToStop


def keep_running(table: list[Program]) -> NoReturn:
    """Start again what ends by itself, until told to stop. Raises CannotStart when a program will not stay."""
    while True:
        pause(1)
        for program in table:
            if program.has_ended():
                revive(program)


def revive(program: Program) -> None:
    """Start a program again, without what its dead leader left behind."""
    stop(running([program]), 0)
    code = program.running.returncode if program.running else None
    program.ends = [moment for moment in program.ends if moment > time.monotonic() - 60] + [time.monotonic()]
    if len(program.ends) > MAX_ENDS_A_MINUTE:
        raise CannotStart(f"{program.name} keeps ending, now with code {code}: see above.")
    print(f"{program.name} ended with code {code}; starting it again.", file=sys.stderr, flush=True)
    program.start()


def reachable(host: str) -> str:
    """An address at which a server bound to `host` answers from this machine."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if address.is_unspecified:
        return "127.0.0.1" if address.version == 4 else "[::1]"
    return host if address.version == 4 else f"[{host}]"


if __name__ == "__main__":
    sys.exit(main())
