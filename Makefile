# Conferral. `make` alone says what there is. Works in any folder, as any user; needs Python 3.11 or newer with venv.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory

BIN   := .venv/bin
ROOMS := conferral web tasks workflow models policies credentials
STAMP := .venv/installed

PORT ?= 8000
DATA ?= data
OUT  ?= out
ARGS ?=
VERIFIERS ?= $(or $(CONFERRAL_VERIFIERS),$(HOME)/.cache/conferral/verifiers)

# The floors of branch coverage, in per cent. One place; `make test` holds them.
FLOOR_ENGINE  ?= 99
FLOOR_OVERALL ?= 95

.PHONY: help run demo test check bench long docs lock install verifiers

help: ## This list
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 16

run: $(STAMP) ## Start everything and print the address (PORT=8000 DATA=data)
	@exec $(BIN)/conferral run --port "$(PORT)" --data "$(DATA)" $(ARGS)

demo: $(STAMP) ## Play the whole story from idea to signed badge (OUT=out)
	@exec $(BIN)/conferral demo --out "$(OUT)" $(ARGS)

test: $(STAMP) ## Run the tests on real servers, with coverage (ARGS="-k words")
	@rm -rf .coverage && mkdir -p .coverage
	@$(BIN)/python -m pytest -m "not long" --cov --cov-report= $(ARGS)
	@$(BIN)/coverage report --include 'workflow/*,policies/*' --fail-under "$(FLOOR_ENGINE)"
	@$(BIN)/coverage report --fail-under "$(FLOOR_OVERALL)"

check: $(STAMP) ## Lint, format, types and the arrows between rooms
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(STAMP) ## Measure against the floors in docs/ (ARGS="--json")
	@exec $(BIN)/conferral bench $(ARGS)

long: $(STAMP) ## The long runs: random walks, faults, the whole accessibility matrix, then bench
	@$(BIN)/python -m pytest -m long --timeout 3600 $(ARGS)
	@exec $(BIN)/conferral bench

docs: $(STAMP) ## Write the pictures and tables of docs/ anew, from the code
	@$(BIN)/python -m docs.make

verifiers: ## Install verifiers that others wrote, for the tests that ask them (needs node)
	@mkdir -p "$(VERIFIERS)" && cp tests/credentials/foreign/* "$(VERIFIERS)"
	@cd "$(VERIFIERS)" && npm install --silent --no-audit --no-fund --no-package-lock --ignore-scripts

lock: $(STAMP) ## Make requirements.lock anew from pyproject.toml
	@$(BIN)/uv pip compile --quiet --universal --upgrade --generate-hashes --no-emit-index-url --no-annotate \
	  --no-header --python-version 3.11 --all-extras pyproject.toml --output-file requirements.lock

install: $(STAMP)

$(STAMP): requirements.lock pyproject.toml .ci/install
	@.ci/install
	@touch $(STAMP)
