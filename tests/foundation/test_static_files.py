"""Files of the look: fetched once per version."""

from flask import url_for

from app.foundation.static_files import version_of


def test_an_address_names_the_content(app):
    with app.test_request_context():
        assert "?v=" in url_for("static", filename="css/site.css")


def test_templates_get_the_same_address_without_routing(app):
    with app.test_request_context():
        known = url_for("static", filename="css/site.css")
    assert app.jinja_env.globals["asset"]("css/site.css") == known
    assert app.jinja_env.globals["asset"]("css/absent.css") == "/static/css/absent.css"


def test_a_changed_file_has_another_version(tmp_path):
    import os

    file = tmp_path / "a.css"
    file.write_text("a")
    os.utime(file, (1, 1))
    before = version_of(file)
    file.write_text("b")
    os.utime(file, (2, 2))
    assert version_of(file) != before
    assert version_of(tmp_path / "absent.css") is None


def test_a_versioned_file_is_kept_and_another_is_checked(client):
    kept = client.get("/static/css/site.css?v=abc").headers["Cache-Control"]
    checked = client.get("/static/css/site.css").headers["Cache-Control"]
    assert "immutable" in kept
    assert checked == "no-cache"


def test_an_absent_file_is_not_kept(client):
    assert "immutable" not in client.get("/static/absent.css?v=1").headers.get("Cache-Control", "")
