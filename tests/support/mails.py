"""Mails for tests, as they arrive in all their oddity."""

from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path

from app.foundation.clock import now
from app.support.mail.folders import Found
from app.support.mail.taking_in import take_in

OWN = "privacy@yunshang.example"


def a_mail(subject: str = "发货", text: str = "三天没有物流消息", **headers: str) -> bytes:
    """A plain mail; `in_reply_to="x"` sets the header In-Reply-To."""
    mail = EmailMessage()
    name = sha256((subject + text).encode()).hexdigest()[:16]
    given = {"from": "Wang <wang@example.com>", "to": OWN, "message_id": f"<{name}@example.com>", **headers}
    mail["Subject"] = subject
    for name, value in given.items():
        if value:
            mail[name.replace("_", "-").title()] = value
    mail.set_content(text)
    return mail.as_bytes()


def taken(content: bytes) -> str:
    """Take one mail in now, and say what became of it."""
    return take_in(Found(content, now()), OWN, now())


def put_into(folder: Path, *mails: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for number, mail in enumerate(mails):
        (folder / f"{number}.eml").write_bytes(mail)
    return folder
