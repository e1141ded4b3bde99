# `make run` serves the app, `make test` runs every test, `make check` lints and type-checks.
# All three set up what they need first, in .venv, and are quick when it is there already.

VENV := .venv
BIN := $(VENV)/bin
# The first interpreter that is new enough; PYTHON=/path/to/python names another.
PYTHON ?= $(shell for p in python3 python3.13 python3.14 python3.12; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null && echo $$p && break; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help run test check format clean

help:
	@echo "make run     set everything up and serve on http://127.0.0.1:8000 (PORT=... changes it)"
	@echo "make test    set everything up and run every test, on SQLite and PostgreSQL (ENGINE=... on one)"
	@echo "make check   lint, types, templates, Dockerfile, missing migrations"
	@echo "make format  put Python into shape"
	@echo "make clean   remove the environment and what tools left (the database stays)"

$(BIN)/python:
	@$(or $(PYTHON),python3) -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null || { \
		echo "Examprep needs Python 3.12 or newer; found: $$($(or $(PYTHON),python3) -V 2>&1). Install one, or name it: make PYTHON=/path/to/python" >&2; exit 1; }
	@echo "Making the environment in $(VENV) with $$($(PYTHON) -V)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/installed: requirements.txt | $(BIN)/python
	@echo "Installing what the app needs"
	@$(PIP) install -r requirements.txt
	@touch $@

$(VENV)/installed-dev: requirements.txt requirements-dev.txt | $(BIN)/python
	@echo "Installing what the app and its tests need"
	@$(PIP) install -r requirements-dev.txt
	@touch $@ $(VENV)/installed

run: $(VENV)/installed
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py load_facts
	@$(BIN)/python manage.py collectstatic --noinput --verbosity 0
	@exec $(BIN)/python manage.py serve

# On SQLite, and what has to do with the database on a throw-away PostgreSQL too; ENGINE=sqlite or ENGINE=postgresql: on
# that one only. The pure rooms import no Django and cannot meet a database, and of the browser tests those are run
# twice that are marked so; the others look at pages, which both engines fill alike.
PURE := questions learning exchange edge_storage
TWICE := $(PURE:%=--ignore=tests/%) -m "not e2e or both_engines"
PYTEST := $(BIN)/python -m pytest -n auto --dist worksteal
test: $(VENV)/installed-dev
	@tests/e2e/find_browser.sh
ifneq ($(ENGINE),postgresql)
	$(PYTEST) --cov --cov-report=term:skip-covered $(if $(ARGS),--cov-fail-under=0 $(ARGS))
endif
ifneq ($(ENGINE),sqlite)
	$(BIN)/python -m tests.cluster $(if $(ENGINE),,--or-skip) $(PYTEST) $(if $(ARGS),$(ARGS) || [ $$? = 5 ],$(TWICE))
endif

check: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/djlint --lint templates
	$(BIN)/hadolint Dockerfile
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py check

format: $(VENV)/installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis htmlcov .coverage
