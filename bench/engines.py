"""Existing engines, started for one run in a folder of their own and stopped with it: PostgreSQL, Redis, nginx."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from glob import glob
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy.processes import NotAnswering, free_port, spawn, stop

WHERE = "/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin"
START_SECONDS = 20
NGINX_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


class Engine:
    """A program with a folder and a port that live as long as the `with` block."""

    def __enter__(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix=f"{type(self).__name__.lower()}-"))
        self.port = free_port()
        self.programs: list[subprocess.Popen[bytes]] = []
        self.begin()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        stop(self.programs, 5)
        shutil.rmtree(self.folder, ignore_errors=True)

    def begin(self) -> None:
        """Start the program; an engine that starts later leaves this empty."""

    def launch(self, argv: list[str], user: str | None = None) -> None:
        """Start a program of the engine and wait for its port. Raises NotAnswering with what it said."""
        with (self.folder / "log").open("ab") as log:
            program = spawn(argv, output=log, user=user)
        self.programs.append(program)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and program.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise NotAnswering(f"{argv[0]} did not start: {(self.folder / 'log').read_text(errors='replace')[-2000:]}")


class Postgres(Engine):
    """A PostgreSQL cluster without durability: for tests and measurements, never for data."""

    def begin(self) -> None:
        programs = Path(sorted(glob("/usr/lib/postgresql/*/bin"))[-1])
        self.user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
        data = self.folder / "data"
        wish = ["--auth=trust", "--username=shop", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        with (self.folder / "log").open("wb") as log:
            made = spawn([str(programs / "initdb"), "-D", str(data), *wish], output=log, user=self._other_user())
        if made.wait(60):
            raise NotAnswering((self.folder / "log").read_text(errors="replace"))
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "fsync": "off",
        }
        options |= {"full_page_writes": "off", "synchronous_commit": "off", "max_connections": "60"}
        argv = [str(programs / "postgres"), "-D", str(data)]
        for name, value in options.items():
            argv += ["-c", f"{name}={value}"]
        self.launch(argv, self._other_user())
        self._numbers = count(1)

    def _other_user(self) -> str | None:
        """PostgreSQL refuses to run as root."""
        return self.user if os.geteuid() == 0 else None

    def new_database(self) -> str:
        """Make an empty database and give its SQLAlchemy address."""
        name = f"test_{next(self._numbers)}"
        self._make(name, "template0")
        return f"postgresql+psycopg://shop@127.0.0.1:{self.port}/{name}"

    def copy_database(self, source: str, target: str) -> None:
        """Put a copy of a database, by name, in place of another one; nobody else may be connected to either."""
        self._say(f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)')
        self._make(target, source)

    def _make(self, name: str, template: str) -> None:
        self._say(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')

    def _say(self, statement: str) -> None:
        import psycopg

        address, deadline = f"postgresql://shop@127.0.0.1:{self.port}/postgres", time.monotonic() + START_SECONDS
        while True:
            try:
                with psycopg.connect(address, autocommit=True) as connection:
                    connection.execute(statement)
                return
            except psycopg.OperationalError:  # starting, or somebody who was killed is still being shown out
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)


class Redis(Engine):
    """A Redis that keeps nothing on disk."""

    def begin(self) -> None:
        self.url = f"redis://127.0.0.1:{self.port}/0"
        wish = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.launch(["redis-server", *wish, "--dir", str(self.folder)])

    def empty(self) -> None:
        import redis

        with redis.Redis.from_url(self.url) as connection:
            connection.flushall()


class Nginx(Engine):
    """An nginx with one worker process, as the measure beside which our figures stand, or in front of the shop."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, server: str, outside: str = "") -> str:
        """Start it with the directives of one server block, and more for the http block `outside` it."""
        temporary = "".join(f"{part}_temp_path {self.folder};\n" for part in NGINX_TEMPORARY)
        user = "user root;" if os.geteuid() == 0 else ""
        (self.folder / "nginx.conf").write_text(f"""
            daemon off; {user} worker_processes 1; pid {self.folder}/pid; error_log {self.folder}/errors;
            events {{ worker_connections 1024; }}
            http {{
              include /etc/nginx/mime.types; access_log off; keepalive_requests 1000000;
              {temporary} {outside}
              server {{ listen 127.0.0.1:{self.port}; {server} }}
            }}
        """)
        nginx = shutil.which("nginx", path=WHERE) or "nginx"
        self.launch(
            [nginx, "-p", str(self.folder), "-c", str(self.folder / "nginx.conf"), "-e", str(self.folder / "errors")]
        )
        return self.url
