"""Account names: what may be one. Pure."""

import unicodedata

SHORTEST, LONGEST = 2, 30
JOINERS = frozenset("._-")


class NotAName(ValueError):
    """The text cannot be an account name."""


def account_name(typed: str) -> str:
    """The name as it is kept: letters of any script, digits and . _ - inside, with at least one letter.

    A letter is asked for so that no name can be taken for a number. Raises NotAName.
    """
    name = unicodedata.normalize("NFKC", typed).strip()
    if not SHORTEST <= len(name) <= LONGEST or name[0] in JOINERS or name[-1] in JOINERS:
        raise NotAName(typed)
    if not all(character in JOINERS or unicodedata.category(character) in ("Lu", "Ll", "Lt", "Lo", "Nd")
               for character in name):  # fmt: skip
        raise NotAName(typed)
    if not any(character.isalpha() for character in name):
        raise NotAName(typed)
    return name
