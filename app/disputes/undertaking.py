"""What both sides of a dispute sign before either sees anything of the other's. Clause 4.1.4.

The digest of the text in the language in which it was shown is kept with who signed, and when.
"""

from hashlib import sha256

from app.foundation.languages import LANGUAGES, N_, catalogue

TEXT = (
    N_("I use what I am shown in this dispute to settle it, and for nothing else."),
    N_("I show it to nobody, publish nothing of it and make no copy beyond what settling it needs."),
    N_("I keep it safe, and delete whatever I noted of it when the dispute has ended, unless a law has me keep it."),
    N_("I follow the instructions of the shop about it, and tell the shop at once if somebody else gets hold of it."),
    N_("I answer for what somebody suffers because I did not keep to this."),
)


def text_in(language: str) -> list[str]:
    """The undertaking, sentence by sentence."""
    return [str(catalogue(LANGUAGES[language]).ugettext(sentence)) for sentence in TEXT]


def digest_in(language: str) -> str:
    """SHA-256 of the text as it is shown in a language."""
    return sha256("\n".join(text_in(language)).encode()).hexdigest()
