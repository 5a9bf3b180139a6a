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

test: .venv/.dev  ## run the tests; ARGS="-k name" picks some
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder $(ARGS)

coverage: .venv/.dev  ## run the tests and name the lines that none of them reaches
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder --cov --cov-report=term-missing:skip-covered $(ARGS)

check: .venv/.dev  ## ruff (lint and format) and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/.dev  ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

templates: .venv/.ready  ## write input_templates/ anew, after a change of sheets or rules
	$(BIN)/kisi template

docs: .venv/.ready  ## write docs/referenz/ anew, after a change of sheets, rules, messages or commands
	$(BIN)/python -m docs.generate

wheel: .venv/.ready  ## build dist/kisi-….whl for those who only use the program; pipx or "uv tool" installs it
	rm -rf build
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir dist .

locale: .venv/.dev  ## compile the German of the command line, after a change of the .po file
	$(BIN)/pybabel --quiet compile --directory pipeline/locale --domain click_de

lock:  ## pin all dependencies anew (needs uv)
	$(COMPILE) --output-file requirements.lock pyproject.toml --group build
	$(COMPILE) --output-file requirements-dev.lock pyproject.toml --group build --group dev --extra cluster \
		--constraint requirements.lock $$(sed -n 's/^\([a-z0-9.-]*\)==.*/--no-emit-package \1/p' requirements.lock)
	$(COMPILE) --output-file .ci/audit.lock .ci/audit.in

COMPILE = $(UV) pip compile --universal --python-version 3.11 --upgrade --quiet --generate-hashes \
	--no-annotate --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

clean:  ## remove .venv, caches and everything in output/
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find output -mindepth 1 ! -name .gitkeep -delete

# The program and what it needs to run; from a change of pyproject.toml nothing is fetched again.
.venv/.ready: .venv/.locked pyproject.toml setup.py
	@$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@$(PIP) check
	@touch $@

# And what tests and checks need.
.venv/.dev: .venv/.ready requirements-dev.lock
	@$(call fetch,requirements-dev.lock)
	@$(PIP) check
	@touch $@

.venv/.locked: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "KISI needs Python 3.11 or newer. If you have one under another name: make PYTHON=python3.12 demo" >&2; exit 1; }
	@$(PYTHON) -m venv --clear .venv || \
		{ echo "Python has no module venv; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@$(call fetch,requirements.lock)
	@touch $@

PIP = $(BIN)/python -m pip --disable-pip-version-check

# A lock is installed as it stands. Nothing is resolved anew, so no later release of any package can break it.
# On a terminal pip shows what it fetches.
define fetch
echo "Installing the packages of $(1) into .venv ..."; \
$(PIP) install $$(test -t 1 || echo --quiet) --no-deps --require-hashes -r $(1) || { \
	echo "The packages of $(1) could not be installed; pip says why above." >&2; \
	echo "Most often there is no network, or a proxy that pip does not know (set HTTPS_PROXY)." >&2; \
	echo "For a Python newer than those in README there may be no ready-made packages yet." >&2; \
	exit 1; }
endef
