# Yunshang. `make help` says what there is; `make run` and `make test` are all that a newcomer needs.
.DEFAULT_GOAL := help
.PHONY: help run test check format lint types imports templates security dead dependencies bench clauses screenshots lock install
.NOTPARALLEL:

# The first Python on this computer that is new enough. Asked only when .venv is made.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; exit; }; done; echo python3)
VENV := .venv/bin
PARTS ?= present
CODE := $(wildcard app analytics deploy bench tests wsgi.py)
SHOP := $(wildcard app analytics deploy wsgi.py)

help: ## What can be done here
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 14

run: .venv/.runtime ## Open the shop (HOST, PORT; 127.0.0.1:8000 by default) with its worker; Ctrl-C stops it
	@exec $(VENV)/python -m deploy.run --with-parent

test: .venv/.dev ## Run every test whose real part is here; PARTS=all demands every part; ARGS=... goes to pytest
	@exec $(VENV)/python -m pytest -n 2 --parts=$(PARTS) $(if $(ARGS),,--clauses) $(ARGS)

check: format lint types imports templates security dead dependencies ## Everything that can be said without running it
	@echo "make check: all well"

format: .venv/.dev
	$(VENV)/ruff format --check --quiet $(CODE)

lint: .venv/.dev
	$(VENV)/ruff check --quiet $(CODE)

types: .venv/.dev # strict on analytics/ and app/foundation/ (pyproject.toml)
	$(VENV)/mypy $(filter-out tests,$(CODE))

imports: .venv/.dev
	$(VENV)/lint-imports --no-logo

templates: .venv/.dev
	$(VENV)/djlint --lint --quiet $(wildcard templates analytics/templates)

security: .venv/.dev # what is minor or a matter of names is ruff's S
	$(VENV)/bandit --quiet --severity-level medium --recursive --configfile pyproject.toml $(SHOP)

dead: .venv/.dev # vulture, with the templates counted as readers
	$(VENV)/python -m tests.house.dead $(CODE)

dependencies: .venv/.dev
	$(VENV)/deptry . --no-ansi

bench: .venv/.dev ## Measure the pages, the checkout and the beacon against nginx on this machine
	@exec $(VENV)/python -m bench $(ARGS)

clauses: .venv/.dev ## Every clause of the policy: its state, its tests and their result
	@exec $(VENV)/python -m pytest -q -n 2 --clauses --parts=$(PARTS) $(ARGS)

screenshots: .venv/.dev ## Take pictures of the pages anew: all into .build/screenshots, the README's into docs/screenshots
	@exec $(VENV)/python -m tests.browser.screenshots $(ARGS)

install: .venv/.dev ## Only make .venv, with everything that testing needs

LOCKED = $(VENV)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
lock: .venv/.dev ## Pin requirements*.in anew into requirements*.txt (UPGRADE=--upgrade for newer versions)
	$(LOCKED) $(UPGRADE) requirements.in -o requirements.txt
	$(LOCKED) $(UPGRADE) requirements-scale.in -o requirements-scale.txt
	$(LOCKED) $(UPGRADE) requirements-dev.in -o requirements-dev.txt

.venv/.runtime: requirements.txt
	@$(PYTHON) deploy/install.py $@ $^

.venv/.dev: requirements.txt requirements-scale.txt requirements-dev.txt
	@$(PYTHON) deploy/install.py $@ $^
	@$(PYTHON) deploy/install.py .venv/.runtime requirements.txt
