"""Files with private age keys, as `keygen` and age's own programs write them: comments, and a line for each key."""

from pathlib import Path

import click
from pyrage import IdentityError
from pyrage.x25519 import Identity

BEGINS = "AGE-SECRET-KEY-"


class KeyFile(click.ParamType[list[Identity]]):
    """An argument of a command that names such a file; it becomes the list of its keys, at least one."""

    name = "file"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> list[Identity]:
        try:
            found = [word for word in Path(value).read_text().split() if word.startswith(BEGINS)]
            keys = [Identity.from_str(word) for word in found]
        except (OSError, UnicodeDecodeError):
            self.fail(f"{value} holds no private key that can be read", param, ctx)
        except IdentityError:
            self.fail(f"a private key in {value} is damaged", param, ctx)
        return keys or self.fail(f"{value} holds no private key", param, ctx)
