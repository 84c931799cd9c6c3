# `make` prints this help. Every CI step is a target here.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Most of the time tests wait: for servers, for browsers, for access to end. The longest files come first.
TEST_OPTIONS := -n 4 --dist loadfile --no-loadscope-reorder

# Without it every Python that a test starts would compile all it imports.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install demo test test-all chaos lint bench docs ci screenshots provider proto clean

help: ## Print this help
	@awk 'BEGIN {FS = ":.*## "} /^[a-zA-Z_-]+:.*## / {printf "  \033[1m%-12s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(VENV)/.installed ## Make .venv with everything in it

$(VENV)/.installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

demo: install ## Ask for access, approve it, crash, and see it end: on this machine, without any account
	@command -v terraform >/dev/null || { echo "Terraform 1.0 or newer is needed: https://developer.hashicorp.com/terraform/install"; exit 1; }
	@$(BIN)/python -B examples/terraform/flows/quickstart/demo.py .demo

test: install ## Run every test: they bring their own PostgreSQL and drive the real Terraform
	$(BIN)/python -m pytest -q $(TEST_OPTIONS)

test-all: install ## The same, with the provider's tests on SQLite, on PostgreSQL and over HTTP
	$(BIN)/python -m pytest -q $(TEST_OPTIONS) --all-stores

chaos: install ## Kill, freeze and starve workers for some twenty minutes, and hold their books against the vendor's
	$(BIN)/python -m tests.chaos

lint: install ## Check style, types and who imports whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/shellcheck .ci/run ci/sym.sh
	$(BIN)/python ci/pack.py --check
	$(BIN)/check-jsonschema --builtin-schema vendor.circle-ci ci/circleci/orb/orb.yml examples/terraform/flows/approval_in_ci/config.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-actions ci/github/action.yml ci/github/*/action.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.gitlab-ci --data-transform gitlab-ci ci/gitlab/sym.gitlab-ci.yml

bench: install ## Measure the provider, the engine, the sandbox, Slack and the command line, each beside the least that could do it
	$(BIN)/python -m bench.provider
	$(BIN)/python -m bench.engine
	$(BIN)/python -m bench.sandbox
	$(BIN)/python -m bench.slack
	$(BIN)/python -m bench.cli

docs: install ## Write the reference documentation
	$(BIN)/python -m sym_provider.reference provider/docs examples/terraform
	$(BIN)/python -m sym.audit.reference runtime/docs
	$(BIN)/python -m sym.commands._reference runtime/docs
	$(BIN)/python -m sym.api.reference runtime/docs
	$(BIN)/python -m sym.engine.state_table > runtime/docs/life-cycle.md
	$(BIN)/python -m sym.sdk._reference runtime/docs/sdk
	$(BIN)/python -m sym.engine.sandbox.reference > runtime/docs/sandbox.md

ci: install ## Pack ci/sym.sh into the orb and into GitLab's template
	$(BIN)/python ci/pack.py

screenshots: install ## Take the pictures in docs/slack anew, in headless Chromium
	$(BIN)/python -m tests.browser.screenshots

provider: install ## Build the release packages of the provider into dist/
	$(BIN)/python -m sym_provider.release dist

proto: install ## Generate the protocol's code from proto/
	$(BIN)/python -m grpc_tools.protoc --proto_path=proto --python_out=provider/sym_provider/_generated --pyi_out=provider/sym_provider/_generated proto/*.proto

clean: ## Remove what the other targets made
	rm -rf .venv .demo .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis dist
