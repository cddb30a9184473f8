"""The policy, the agreement and the rules: their texts, every version, what changed, a file to take away.

None of these pages sets a cookie or needs script or sign-in. Clauses P.1, 6.1b, 6.3.
"""

from flask import Response, abort, g, make_response, render_template
from markupsafe import Markup

from app.foundation.clock import today
from app.privacy.differences import changes_between
from app.privacy.links import link_of
from app.privacy.policy import UnknownVersion, current_policy, policy_version, predecessor_of, versions
from app.privacy.publications import published_on
from app.privacy.texts import LANGUAGES, POLICY, Version
from app.privacy.views import bp
from app.privacy.words import TITLES

_OTHERS = "/<any(agreement, rules):document>"
_POLICY = {"document": POLICY}


@bp.get("/privacy", defaults=_POLICY)
@bp.get(_OTHERS)
def policy(document: str) -> str:
    return _document_page(current_policy(today(), document))


@bp.get("/privacy/archive", defaults=_POLICY)
@bp.get(f"{_OTHERS}/archive")
def archive(document: str) -> str:
    listed = [(each, predecessor_of(each), published_on(each)) for each in reversed(versions(document))]
    current = current_policy(today(), document)
    return render_template("privacy/archive.html", versions=listed, current=current, titles=TITLES, day=today())


@bp.get("/privacy/archive/<version>", defaults=_POLICY)
@bp.get(f"{_OTHERS}/archive/<version>")
def archived(document: str, version: str) -> str:
    return _document_page(_version_or_404(document, version))


@bp.get("/privacy/archive/<version>/text", defaults=_POLICY)
@bp.get(f"{_OTHERS}/archive/<version>/text")
def served_text(document: str, version: str) -> Response:
    """The bytes whose SHA-256 is the digest shown."""
    return Response(_version_or_404(document, version).texts[g.locale].served, mimetype="text/plain")


@bp.get("/privacy/archive/<version>/file", defaults=_POLICY)
@bp.get(f"{_OTHERS}/archive/<version>/file")
def file(document: str, version: str) -> Response:
    """One file with both languages that needs no network: to keep, to print, to send on."""
    wanted = _version_or_404(document, version)
    style = Markup("<style>{}</style>").format(Markup(render_template("privacy/file.css")))  # noqa: S704  # nosec B704
    page = render_template("privacy/file.html", policy=wanted, published=published_on(wanted), style=style)
    answer = make_response(page)
    answer.headers["Content-Disposition"] = f'attachment; filename="yunshang-{document}-{wanted.version}.html"'
    return answer


@bp.get("/privacy/archive/<version>/changes", defaults=_POLICY)
@bp.get(f"{_OTHERS}/archive/<version>/changes")
def changes(document: str, version: str) -> str:
    new = _version_or_404(document, version)
    old = predecessor_of(new) or abort(404)
    found = changes_between(old, new, g.locale)
    return render_template("privacy/changes.html", old=old, new=new, changes=found, titles=TITLES, spoken=g.locale)


def _document_page(version: Version) -> str:
    in_force = current_policy(today(), version.document)
    return render_template(
        "privacy/policy.html", policy=version, text=version.texts[g.locale], in_force=in_force, link_of=link_of,
        day=today(), languages=LANGUAGES,
    )  # fmt: skip


def _version_or_404(document: str, version: str) -> Version:
    try:
        return policy_version(version, document)
    except UnknownVersion:
        abort(404)
