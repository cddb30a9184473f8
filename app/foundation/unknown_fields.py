"""What a form sends that nobody asked for is dropped, and counted by the kind of page. Clause 5.1.3a.

Forms say which names they know when they are made; a view that reads a field by itself has it in the list of inputs.
The names of unknown fields, and what is in them, are looked at by nobody.
"""

from collections.abc import Collection

from flask import Flask, Response, g, request
from prometheus_client import Counter

UNKNOWN = Counter("yunshang_unknown_fields", "Fields of forms that nobody asked for, dropped.", ["pages"])


def init_unknown_fields(app: Flask, inputs: Collection[str]) -> None:
    """Watch what is sent. `inputs` are the names that views read without a form class."""
    known = frozenset(inputs)

    def count(response: Response) -> Response:
        sent = request.__dict__.get("form")  # once a view has looked at it; other bodies are dropped whole
        if sent and request.endpoint:
            asked_for = known | g.get("known_fields", set())
            unknown = [name for name in sent if not {name, name.partition("-")[0]} & asked_for]
            if unknown:
                UNKNOWN.labels(request.endpoint.partition(".")[0]).inc(len(unknown))
        return response

    app.after_request(count)


def knows(names: Collection[str]) -> None:
    """Say that a form of this request knows these names."""
    g.setdefault("known_fields", set()).update(names)
