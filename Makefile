# Kefu's targets. `make` alone lists them.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install demo test lint types bench requirements docs pictures messages clean

VENV := .venv
RUN := $(VENV)/bin
MANAGE := $(RUN)/python manage.py
SUITABLE := import sys; sys.exit(sys.version_info < (3, 11))
# The first Python that runs and is new enough, unless one is named: make install PYTHON=python3.12
PYTHON ?= $(firstword $(foreach p,python3 python3.13 python3.12 python3.11,$(shell $(p) -c '$(SUITABLE)' 2>/dev/null && echo $(p))))

help: ## This list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 22

install: $(VENV)/.dev ## The environment .venv, with the tools for tests and checks (PYTHON=python3.12 names the Python)
	@echo "The environment $(VENV) is ready."

demo: $(VENV)/.base ## Sample shops with live traffic on this machine; prints the address and the logins (ARGS="--pace 3")
	@$(MANAGE) demo $(ARGS)

test: $(VENV)/.dev ## All tests: SQLite, then PostgreSQL and the browser where this machine has them (CI=1: they must be there)
	@$(RUN)/python -m tests.run

lint: $(VENV)/.dev ## Style, formatting, the floors, the rules of the house
	$(RUN)/ruff check
	$(RUN)/ruff format --check
	$(RUN)/lint-imports
	$(RUN)/pytest -q tests/test_house.py

types: $(VENV)/.dev ## Types, strict from floor 0 to hooks
	$(RUN)/mypy

bench: $(VENV)/.dev ## What a hook, a step, a sweep and a page cost here, beside plain SQL
	@$(MANAGE) bench

requirements: $(VENV)/.dev ## Pin requirements/*.txt anew from pyproject.toml (UPGRADE=--upgrade takes newer releases)
	$(COMPILE) --output-file requirements/base.txt
	$(COMPILE) --extra test --extra lint --constraint requirements/base.txt --output-file requirements/dev.txt

# One file for every Python we support and no address of any registry: names, versions, hashes.
COMPILE = $(RUN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	--no-emit-index-url $(UPGRADE) pyproject.toml

docs: $(VENV)/.dev ## Draw docs/flows from the tables
	@$(MANAGE) flows --docs docs/flows

pictures: $(VENV)/.dev ## Take the pictures of docs/ anew from a running desk (needs Chromium: CHROMIUM=path)
	@DATABASE_URL= KEFU_PICTURES=1 KEFU_TEST_BROWSER=$(CHROMIUM) $(RUN)/pytest -q tests/guide/test_pictures.py tests/guide/test_talk_pictures.py

CHROMIUM ?= $(firstword $(foreach b,chromium chromium-browser google-chrome,$(shell command -v $(b))))

messages: $(VENV)/.dev ## Collect the Chinese words for translation and compile the English ones (needs gettext)
	@$(MANAGE) makemessages --locale en --ignore $(VENV) --ignore tests --no-obsolete --no-wrap --add-location file
	@sed '/^"POT-Creation-Date:/d' $(ENGLISH) > $(ENGLISH).new && mv $(ENGLISH).new $(ENGLISH)
	@$(MANAGE) compilemessages --locale en --ignore $(VENV)

ENGLISH := locale/en/LC_MESSAGES/django.po

clean: ## Remove the environment and every cache; the data in .data stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(RUN)/python:
	@test -n "$(PYTHON)" && $(PYTHON) -c '$(SUITABLE)' 2>/dev/null || { \
	  echo "Kefu needs Python 3.11 or newer; found: $$($(or $(PYTHON),python3) --version 2>&1). Install one and name it: make install PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { \
	  rm -rf $(VENV); echo "This Python cannot make environments. On Debian: apt-get install python3-venv" >&2; exit 1; }

$(VENV)/.base: requirements/base.txt | $(RUN)/python
	@echo "Installing what Kefu runs on …"
	@$(RUN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

# The larger set holds the smaller one, in the same versions.
$(VENV)/.dev: requirements/dev.txt | $(RUN)/python
	@echo "Installing what Kefu runs on, and the tools of its tests …"
	@$(RUN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@ $(VENV)/.base
