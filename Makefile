# Everything from a fresh clone with only Python >= 3.11 and make. "make help" lists the targets.

PYTHON ?= python3
UV     ?= uv
BIN    := .venv/bin
ARGS   ?=

.DEFAULT_GOAL := help
.PHONY: help demo test coverage check format templates docs wheel locale lock clean

help:  ## this list
	@awk -F ':.*##  *' '/^[a-z]+:.*##/ {printf "%-12s%s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .venv/.ready  ## make a small invented project and report on it (output/demo/)
	$(BIN)/kisi demo

test: .venv/.ready  ## run the tests; ARGS="-k name" picks some
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile $(ARGS)

coverage: .venv/.ready  ## run the tests and name the lines that none of them reaches
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --cov --cov-report=term-missing:skip-covered $(ARGS)

check: .venv/.ready  ## ruff (lint and format) and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/.ready  ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

templates: .venv/.ready  ## write input_templates/ anew, after a change of sheets or rules
	$(BIN)/kisi template

docs: .venv/.ready  ## write docs/referenz/ anew, after a change of sheets, rules, messages or commands
	$(BIN)/python -m docs.generate

wheel: .venv/.ready  ## build dist/kisi-….whl for those who only use the program; pipx or "uv tool" installs it
	rm -rf build
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir dist .

locale: .venv/.ready  ## compile the German of the command line, after a change of the .po file
	$(BIN)/pybabel --quiet compile --directory pipeline/locale --domain click_de

lock:  ## pin all dependencies anew (needs uv)
	$(UV) pip compile pyproject.toml --extra dev --extra cluster --universal --python-version 3.11 --upgrade --quiet \
		--generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links \
		--custom-compile-command "make lock" --output-file requirements.lock
	$(UV) pip compile .ci/audit.in --universal --python-version 3.11 --upgrade --quiet \
		--generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links \
		--custom-compile-command "make lock" --output-file .ci/audit.lock

clean:  ## remove .venv, caches and everything in output/
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find output -mindepth 1 ! -name .gitkeep -delete

# Two steps, so that a change of pyproject.toml does not fetch every dependency again.
.venv/.ready: .venv/.locked pyproject.toml setup.py
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/.locked: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "KISI needs Python 3.11 or newer: make PYTHON=python3.12 demo" >&2; exit 1; }
	@$(PYTHON) -m venv --clear .venv || \
		{ echo "Python has no module venv; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@
