"""Signs somebody of the demo in from outside the pages: for pictures and measurements, not for tests of signing in."""

import subprocess
import sys

from bench.live import ROOT, LiveShop


def login_cookie(shop: LiveShop, role: str) -> str:
    """The value of `sid` for the demo's person of this name, the second factor passed. Raises CalledProcessError."""
    argv = [sys.executable, "-m", "bench.signing_in", role]
    run = subprocess.run(
        argv, cwd=ROOT, env=shop.environment, check=True, stdout=subprocess.PIPE, text=True, timeout=180
    )
    return run.stdout.splitlines()[-1]


def main(role: str) -> None:
    from flask import session

    from app.demo.people import account_of
    from app.factory import create_app
    from app.foundation.web_session import begin_session

    app = create_app()
    with app.test_request_context():
        account = account_of(role)
        if account is None:
            raise SystemExit(f"there is no {role} in this shop")
        begin_session(account.id, browser="bench", second_factor=True)
        print(session.new_token)  # type: ignore[attr-defined]


if __name__ == "__main__":
    main(sys.argv[1])
