"""What must be done before the first request: migrate; in development load the demo once, and say who may sign in."""

import sys
import time

from flask import Flask
from flask.cli import ScriptInfo


def main() -> None:
    from wsgi import app

    command(app, "Migrating the databases", "db", "upgrade")
    if not app.extensions["settings"].demo:
        return
    command(app, "Loading the demo data (once)", "demo", "load")
    command(app, "", "demo", "accounts")


def command(app: Flask, saying: str, *words: str) -> None:
    """Run one `flask` command inside this process. Its errors stay its own: a non-zero code ends us with it."""
    started = time.monotonic()
    if saying:
        print(f"{saying} ...", flush=True)
    try:
        app.cli.main(args=list(words), obj=ScriptInfo(create_app=lambda: app), standalone_mode=False)
    except SystemExit as end:
        if end.code:
            raise
    if saying and (took := time.monotonic() - started) > 1:
        print(f"  done in {took:.0f} s", flush=True)
    sys.stdout.flush()
