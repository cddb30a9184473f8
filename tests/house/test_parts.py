"""The parts of the test run: what is absent is deselected and named, or ends the run when every part is demanded."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TESTS = """
import pytest

@pytest.mark.part("redis")
def test_that_needs_redis():
    pass

@pytest.mark.part("redis")
def test_that_needs_redis_too():
    pass

def test_that_needs_nothing():
    pass
"""


def run_where_nothing_is_installed(tests: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """pytest in a folder of its own, with a search path that holds no program at all."""
    (tests / "conftest.py").write_text("pytest_plugins = ['tests.parts']\n")
    (tests / "pytest.ini").write_text("[pytest]\nmarkers = part: x\n")
    environment = {"PATH": str(tests), "PYTHONPATH": str(ROOT), "HOME": os.environ.get("HOME", "/")}
    argv = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options]
    return subprocess.run(argv, cwd=tests, env=environment, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("spread", [[], ["-n", "2"]], ids=["in one process", "in two processes"])
def test_tests_of_an_absent_part_are_deselected_and_named(tmp_path, spread):
    (tmp_path / "test_planted.py").write_text(TESTS)
    run = run_where_nothing_is_installed(tmp_path, *spread)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "1 passed" in run.stdout
    assert "skipped" not in run.stdout
    assert "Not run, their part is absent here: redis (2 tests)" in run.stdout


@pytest.mark.parametrize("spread", [[], ["-n", "2"]], ids=["in one process", "in two processes"])
def test_an_absent_part_fails_a_run_that_demands_all_parts(tmp_path, spread):
    (tmp_path / "test_planted.py").write_text(TESTS)
    run = run_where_nothing_is_installed(tmp_path, "--parts=all", *spread)
    assert run.returncode != 0
    assert "absent here: " in run.stderr and "redis" in run.stderr


def test_a_part_that_nobody_knows_is_an_error(tmp_path):
    (tmp_path / "test_planted.py").write_text(TESTS.replace('"redis"', '"reddis"'))
    run = run_where_nothing_is_installed(tmp_path)
    assert run.returncode != 0
    assert "reddis" in run.stdout + run.stderr


@pytest.mark.part("redis")
def test_redis_is_the_real_one(redis_url):
    import redis

    with redis.Redis.from_url(redis_url) as connection:
        assert connection.info()["process_id"] > 0
        assert connection.dbsize() == 0


def test_postgresql_databases_of_two_tests_are_strangers(postgres):
    import sqlalchemy

    one, other = (sqlalchemy.create_engine(postgres.new_database()) for _ in range(2))
    with one.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE mine (id int)")
    assert sqlalchemy.inspect(other).get_table_names() == []


def test_nginx_answers_with_what_it_was_told(nginx):
    import urllib.request

    address = nginx.start("location = /pixel { empty_gif; }")
    with urllib.request.urlopen(f"{address}/pixel") as answer:
        assert answer.read().startswith(b"GIF89a")


@pytest.mark.part("fonts")
def test_the_browser_draws_chinese_with_a_font_of_this_machine(chromium):
    page = chromium.new_page()
    page.set_content("<p><span id=a>矿机</span> <span id=b>云商</span></p>")
    assert page.locator("#a").bounding_box()["width"] > 20
    page.close()


@pytest.mark.part("nginx")
def test_nothing_of_an_engine_is_left_behind():
    from bench.engines import Nginx

    with Nginx() as engine:
        engine.start("location = /pixel { empty_gif; }")
        program = engine.programs[0]
    assert program.poll() is not None
    assert not engine.folder.exists()
