"""Names that nobody uses: vulture over the code, with the templates counted among the readers.

Tests are readers too, but what stands in them is called by pytest and hypothesis in ways of their own.

`python -m tests.house.dead PATH...` prints each and ends with 1 when there is one. Names that a framework calls are
listed here, each with the framework that does.
"""

import re
import sys
from pathlib import Path

from vulture import Vulture  # type: ignore[import-untyped]
from vulture.core import Item  # type: ignore[import-untyped]

CALLED_BY_DECORATOR = [
    "@*.route", "@*.get", "@*.post", "@*.command", "@*.group", "@*.before_request", "@*.after_request",
    "@*.teardown_*", "@*.errorhandler", "@*.app_errorhandler", "@*.context_processor", "@*.app_context_processor",
    "@*.url_*", "@*.before_app_request", "@*.after_app_request", "@*.user_loader", "@*.template_*", "@*.app_template_*",
    "@event.listens_for", "@listens_for", "@every", "@when_*", "@pytest.fixture", "@pytest.hookimpl", "@validates",
    "@ask_before_reading", "@check_always", "@check_of", "@closure_check", "@export_reader", "@given", "@held_back",
    "@keeps", "@names_files", "@needs_evidence", "@rule", "@invariant", "@precondition",
    "@status_line",
]  # fmt: skip
CALLED_BY_NAME = [
    "test_*", "pytest_*", "pytestmark",  # pytest
    "teardown",  # hypothesis
    "writable",  # io
    "upgrade", "downgrade", "revision", "down_revision", "branch_labels", "depends_on",  # alembic
    "__tablename__", "__table_args__", "__mapper_args__", "type_annotation_map", "cache_ok", "impl",  # SQLAlchemy
    "process_bind_param", "process_result_value", "load_dialect_impl", "visit_*",
    "validate_*", "pre_validate", "post_validate", "process_formdata", "populate_obj", "Meta", "csrf*", "field_flags",
    "generate_csrf_token", "wrap_formdata",  # WTForms
    "compare_to", "reflected", "autogen_context",  # alembic's hooks
    "get_translations", "domain_instance", "regex", "get_signature", "signum",  # Babel, Werkzeug, itsdangerous, signal
    "formatException",  # logging
    "handle_starttag", "handle_endtag", "handle_data",  # html.parser
    "is_authenticated", "is_active", "is_anonymous", "get_id",  # Flask-Login
    "open_session", "save_session", "json_provider_class", "session_interface",  # Flask
    "allow_reuse_address", "daemon_threads", "handle_error", "client_address",  # socketserver
    "do_GET", "do_POST", "do_HEAD", "log_message", "protocol_version", "server_version",  # http.server
    "PrivatePages", "type_name", "render_broken_contract", "check", "verbose", "package",  # import-linter
]  # fmt: skip


def main(paths: list[Path]) -> int:
    vulture = Vulture(ignore_names=CALLED_BY_NAME, ignore_decorators=CALLED_BY_DECORATOR)
    vulture.scavenge(paths, exclude=["*/migrations/versions/*"])
    read = names_in_templates(paths)
    unused = [item for item in vulture.get_unused_code(min_confidence=60) if item.name not in read]
    dead = [item for item in unused if not is_elsewhere_read(item)]
    for item in dead:
        print(f"{item.filename}:{item.first_lineno}: nobody uses the {item.typ} {item.name}")
    return 1 if dead else 0


def is_elsewhere_read(item: Item) -> bool:
    """What stands in a test, a knob of somebody else's object, and a word of a closed list (an enum's member)."""
    is_member = item.typ == "variable" and item.name.isupper() and line_of(item).startswith(" ")
    return "tests" in item.filename.relative_to(Path.cwd()).parts or item.typ == "attribute" or is_member


def line_of(item: Item) -> str:
    return str(item.filename.read_text().splitlines()[item.first_lineno - 1])


def names_in_templates(paths: list[Path]) -> set[str]:
    folders = [Path("templates"), *(path / "templates" for path in paths if path.is_dir())]
    pages = [page for folder in folders for page in folder.rglob("*") if page.is_file()]
    return {name for page in pages for name in re.findall(r"[A-Za-z_]\w*", page.read_text(errors="ignore"))}


if __name__ == "__main__":
    sys.exit(main([Path(name) for name in sys.argv[1:]]))
