# Plain `make` lists the targets.
# The first of these that is Python 3.11 or later; or say make PYTHON=/path/to/python.
PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3.14 python3; do \
  $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
VENV := .venv
BIN := $(VENV)/bin
# Tools that load Django's settings get the example's safe values.
EXAMPLE_ENV := set -a && . ./.env.example && set +a &&
PACKAGES := notesite notes administration identity cognito outgoing service devcloud infra
.DEFAULT_GOAL := help
.PHONY: help setup run dev reset system-packages test campaigns test-clients second-opinion other-provider bench doctor lint types django-check check format bundle deploy-check deploy-plan deploy pins

help: ## List the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

setup: $(VENV)/.installed ## Make .venv and install what is pinned

$(VENV)/.installed: requirements.txt requirements-dev.txt
	@test -n "$(PYTHON)" || { echo "notesite needs Python 3.11 or later: install it, or say make PYTHON=/path/to/python"; exit 1; }
	@echo "Installing into $(VENV); only the first time…"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -r requirements-dev.txt
	@touch $@

run: setup ## Run everything on this machine: devcloud and the web application
	@exec $(BIN)/python -m devcloud.run

dev: setup ## The same, reloading the web application on change
	@exec $(BIN)/python -m devcloud.run --reload

reset: ## Empty the local data
	rm -rf $${DATA_DIR:-.local}

system-packages: ## On Debian or Ubuntu as root: the browser, nginx and PostgreSQL of the tests
	@sh tests/system-packages.sh

test: setup system-packages ## The whole suite, browser tests included
	$(BIN)/python -m pytest -n auto --dist loadfile

campaigns: setup system-packages ## The long forms of the tests that are short in the suite: an hour
	TOKENS=2000 $(BIN)/python -m pytest tests/identity/test_any_token.py
	INTERLEAVINGS=500 $(BIN)/python -m pytest tests/identity/test_interleavings.py
	ROUNDS=100 $(BIN)/python -m pytest tests/e2e/test_parallel_refresh.py
	ROUNDS=200 $(BIN)/python -m pytest tests/e2e/test_lost_nothing.py
	ROUNDS=20 $(BIN)/python -m pytest tests/e2e/test_lost_nothing_in_chromium.py
	API_AUTHORIZER=AccessToken $(BIN)/python -m pytest tests/e2e --ignore tests/e2e/test_api_for_other_clients.py
	$(BIN)/python -m tests.devcloud.crash_campaign --writes 1000
	$(BIN)/python -m tests.service.schemathesis_campaign 1000
	$(BIN)/python -m tests.service.table_cost
	RUNS=500 $(BIN)/python -m pytest -s tests/service/test_store_model.py

test-clients: setup ## Clients of other authors, from npm and PyPI, against devcloud
	$(BIN)/python -m tests.clients

second-opinion: setup ## The templates and the API contract on a stand-in of other authors
	$(BIN)/python -m tests.second_opinion

other-provider: setup ## Sign-in with a certified provider of other authors, from npm
	$(BIN)/python -m tests.other_provider

bench: setup ## How fast devcloud is ready and lists, its memory; plain words; what pages cost
	$(BIN)/python -m bench.devcloud_bench
	$(BIN)/python -m bench.plain_words_bench
	$(BIN)/python -m bench.web_bench

doctor: setup ## Ask the running local site what is wrong
	set -a && . "$${DATA_DIR:-.local}/web.env" && set +a && $(BIN)/python manage.py doctor

lint: setup ## ruff and cfn-lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/cfn-lint infra/*.yaml

types: setup ## mypy, strict
	$(EXAMPLE_ENV) $(BIN)/mypy

django-check: setup ## Django's own checks, as production would be, and missing migrations
	$(EXAMPLE_ENV) PUBLIC_URL=https://notes.example.com ALLOWED_HOSTS=notes.example.com \
	  TRUSTED_PROTO_HEADER=X-Forwarded-Proto $(BIN)/python manage.py check --deploy --fail-level INFO
	$(EXAMPLE_ENV) $(BIN)/python manage.py makemigrations --check --dry-run

check: lint types test django-check ## All that CI runs

format: setup ## Let ruff format and fix
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bundle: setup ## The source bundle for Elastic Beanstalk, in dist/
	$(BIN)/python -m infra.bundle

deploy-check: setup ## Say what deploy.toml or the account still lacks
	$(BIN)/python -m infra.deploy check

deploy-plan: setup ## Show what a deployment would change
	$(BIN)/python -m infra.deploy plan

deploy: setup ## Deploy to AWS, as docs/deployment.md says
	$(BIN)/python -m infra.deploy up

pins: setup ## Pin the newest versions that requirements*.in allow
	for part in requirements requirements-dev; do \
	  CUSTOM_COMPILE_COMMAND="make pins" $(BIN)/pip-compile --quiet --upgrade --strip-extras \
	    --no-emit-index-url --no-emit-find-links $$part.in --output-file $$part.txt; done
