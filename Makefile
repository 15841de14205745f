# Needs python3 (3.11 or newer), bash and make. Another interpreter: make test PYTHON=/path/to/python3.12

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/pip --disable-pip-version-check install --quiet

.PHONY: help demo test docs clean

help:
	@echo "make demo   show the main job against the emulator; needs no account"
	@echo "make test   lint, types and tests, as CI runs them"
	@echo "make docs   write schemas, the kind reference and the outputs in the docs anew"
	@echo "make clean  remove .venv and everything that was built"

demo: .venv/installed
	@bash demo/run.sh

test: .venv/installed-for-tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy --strict docs/generate.py
	$(BIN)/pytest -n 2 -rfEs

docs: .venv/installed-for-tests
	$(BIN)/python docs/generate.py

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "stripe-portal needs Python 3.11 or newer, and $(PYTHON) is not; try: make $(MAKECMDGOALS) PYTHON=python3.12"; \
		exit 1; }
	$(PYTHON) -m venv .venv

.venv/installed: pyproject.toml setup.py | $(BIN)/python
	$(PIP) -e .
	@touch $@

.venv/installed-for-tests: pyproject.toml setup.py | $(BIN)/python
	$(PIP) -e '.[test]'
	@touch $@ .venv/installed
