"""Signs somebody of the demo in from outside the pages: for pictures and measurements, not for tests of signing in."""

import subprocess
import sys

from bench.live import ROOT, LiveShop


def login_cookie(shop: LiveShop, role: str) -> str:
    """The value of `sid` for the first account of this role, its second factor passed. Raises CalledProcessError."""
    argv = [sys.executable, "-m", "bench.signing_in", role]
    run = subprocess.run(
        argv, cwd=ROOT, env=shop.environment, check=True, stdout=subprocess.PIPE, text=True, timeout=60
    )
    return run.stdout.splitlines()[-1]


def main(role: str) -> None:
    from flask import session
    from sqlalchemy import select

    from app.accounts.models import Account
    from app.factory import create_app
    from app.foundation.database import db
    from app.foundation.web_session import begin_session

    app = create_app()
    with app.test_request_context():
        account = db.session.scalars(select(Account).where(Account.role == role).order_by(Account.created_at)).first()
        if account is None:
            raise SystemExit(f"there is no {role} in this shop")
        begin_session(account.id, browser="bench", second_factor=True)
        print(session.new_token)  # type: ignore[attr-defined]


if __name__ == "__main__":
    main(sys.argv[1])
