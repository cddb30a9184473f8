"""The pages of privacy: documents, choices, what is held about a person. Clauses P.1, 3b, 3.1.2b, P.5."""

from flask import Blueprint

bp = Blueprint("privacy", __name__)

from app.privacy.service_end import announced_end  # noqa: E402
from app.privacy.views import (  # noqa: E402, F401  (each adds its pages to bp)
    choices,
    closure,
    consents,
    documents,
    my_data,
    registers,
    service_end,
    terms,
)

bp.app_context_processor(lambda: {"policy_news": terms.news_of_request, "announced_end": announced_end})
