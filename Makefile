# SPDX-License-Identifier: EUPL-1.2
# The commands of the house. `make demo` and `make test` are all that a newcomer needs.
PYTHON ?= python3
BIN := .venv/bin
SHELL := /bin/bash

.PHONY: help install demo run test test-unit test-system test-live check bench clean lock wheel

help:
	@echo "make demo     a running demo service, with a city and a market (Ctrl-C stops it)"
	@echo "make test     the whole test suite"
	@echo "make install  .venv and page assets only"
	@echo "make check    formatter, linter, types, floors, translations"
	@echo "make bench    benchmarks, each with a peer in the same run"
	@echo "make run      a real service: no demo data, settings from tarazy.env"
	@echo "make clean    remove var/ (demo data and databases)"

install: .venv/installed src/tarazy/site/static/vendor/built

.venv/installed: requirements/develop.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/develop.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

src/tarazy/site/static/vendor/built: package-lock.json tools/build_assets.py .venv/installed
	$(BIN)/python tools/build_assets.py
	@touch $@

src/tarazy/site/locale/compiled: $(wildcard src/tarazy/site/locale/*/LC_MESSAGES/*.po) tools/translations.py .venv/installed
	$(BIN)/python tools/translations.py compile
	@touch $@

install: src/tarazy/site/locale/compiled

demo: install
	@exec $(BIN)/tarazy demo

run: install
	@exec $(BIN)/tarazy up

test: test-unit test-system test-live

test-unit: install
	$(BIN)/python -m pytest -q -n auto --dist loadfile -m "not live and not system"

test-system: install
	$(BIN)/python -m pytest -q -m system

test-live: install
	$(BIN)/python -m pytest -q -m live

check: install
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy src tools tests bench
	$(BIN)/lint-imports
	$(BIN)/python tools/translations.py check

bench: install
	@for one in $(filter-out bench/harness.py,$(wildcard bench/*.py)); do echo "== $$one"; $(BIN)/python $$one || exit 1; done

clean:
	@if [ -e var/demo/up.lock ] && ! flock -n var/demo/up.lock true; then echo "the demo is running: stop it first (Ctrl-C)"; exit 1; fi
	@if [ -d var/production ]; then \
	  rm -rf var/demo; echo "removed var/demo; var/production holds a real service's data: remove it by hand"; \
	else rm -rf var; echo "removed var/: the demo's database, its people and its market are gone"; fi

lock:
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile -q --no-header --generate-hashes --universal --python-version 3.11 pyproject.toml -o requirements/run.txt
	$(BIN)/uv pip compile -q --no-header --generate-hashes --universal --python-version 3.11 pyproject.toml --group build --group dev -c requirements/run.txt -o requirements/develop.txt

wheel: install
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .
