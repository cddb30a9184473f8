"""The closed lists of tickets: what kind it is, what it is about, by which way it came. Clauses 7.1, 5.1.6."""

from flask_babel import lazy_gettext as _l

QUESTION, COMPLAINT, LEAK, DATA_REQUEST = "question", "complaint", "leak", "data"
KINDS = {
    QUESTION: _l("Question or suggestion"),
    COMPLAINT: _l("Complaint"),
    LEAK: _l("Leak of an account or of data"),
    DATA_REQUEST: _l("Request about my data"),
}
TOPICS = {
    "buying": _l("Buying and machines"),
    "payment": _l("Payment and invoices"),
    "delivery": _l("Delivery"),
    "after-sales": _l("After-sales"),
    "privacy": _l("Privacy and my data"),
    "other": _l("Something else"),
}
PAGE, MAIL, HOTLINE, LETTER = "page", "mail", "hotline", "letter"
CHANNELS = {
    PAGE: _l("Contact page"),
    MAIL: _l("Mail"),
    HOTLINE: _l("Hotline"),
    LETTER: _l("Letter"),
}

SITE, SMS, ADDRESS, BY_HAND = "site", "sms", "address", "hand"
"""How whoever asks hears of the answer: among a member's messages, by SMS to the number that a guest left, at the
address of the ticket that a guest keeps, or from a colleague who calls or writes."""
