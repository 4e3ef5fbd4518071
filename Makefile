# make run      a whole wiki in this folder, with Python 3.11 or newer and nothing else
# make test     everything the tests need, then all of them: SQLite, PostgreSQL, a real browser
# make check    ruff and mypy
# make vendor   the parts that come from elsewhere: the map, the gazetteer
# make lock     requirements.lock anew: every part and its hashes; make audit asks whether any is known to be unsafe
# make sbom     sbom.cdx.json, the same parts and the vendored ones, as other programs read them (CycloneDX)
# make messages the catalogues of both languages, brought in step with the sources
#
# Tests run in as many processes as there are processors; PROCESSES=0 runs them in one, as a debugger wants.
# ARGUMENTS goes to what is run: make run ARGUMENTS="--port 8080", make test ARGUMENTS="tests/pages -k merge".

VENV ?= .venv
PROCESSES ?= auto
BIN = $(VENV)/bin
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
PIP = $(BIN)/python -m pip --quiet --disable-pip-version-check

.PHONY: lock sbom audit run test check messages vendor clean

run: $(VENV)/.ready-to-run
	@$(BIN)/wiki serve $(ARGUMENTS)

test: $(VENV)/.ready-to-test $(VENV)/.browser-looked-for
	PATH="$(abspath $(BIN)):$$PATH" $(BIN)/python -m pytest --numprocesses $(PROCESSES) --dist loadfile $(ARGUMENTS)

check: $(VENV)/.ready-to-test
	$(BIN)/ruff check .
	$(BIN)/mypy

messages: $(VENV)/.ready-to-test
	$(BIN)/python -m tests.catalogues

vendor: $(VENV)/.ready-to-test
	$(BIN)/python -m vendoring.places
	$(BIN)/python -m vendoring.browser

# What production installs, to the byte: pip install --require-hashes -r requirements.lock
lock: $(VENV)/.ready-to-test
	@$(PIP) install pip-tools
	$(BIN)/pip-compile --quiet --upgrade --strip-extras --generate-hashes --no-header --no-annotate --no-emit-options \
		--extra production --extra postgresql -o requirements.lock setup.cfg
	$(BIN)/python -m vendoring.sbom

sbom: $(VENV)/.ready-to-test
	$(BIN)/python -m vendoring.sbom

# Fails where a part is known to be unsafe; says so, and fails too, where not every part could be asked about.
audit: $(VENV)/.ready-to-test
	@said="$$($(PIP) install pip-audit 2>&1 && \
		$(BIN)/pip-audit --requirement requirements.lock --require-hashes --disable-pip 2>&1)"; status=$$?; echo "$$said"; \
	if echo "$$said" | grep -q "known vulnerabilit.* in [0-9]"; then echo "See SECURITY.md, then: make lock"; exit 1; \
	elif [ $$status != 0 ] || echo "$$said" | grep -q "could not be audited"; then \
		echo "The advisory service cannot be reached from here: of the parts it did not answer for, nothing is known."; \
		exit 1; fi

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Levain needs Python 3.11 or newer."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv is missing; on Debian: apt-get install python3-venv"; rm -rf $(VENV); exit 1; }

$(VENV)/.ready-to-run: setup.cfg pyproject.toml | $(BIN)/python
	@echo "Installing Levain in $(VENV)…"
	@$(PIP) install --editable .
	@touch $@

$(VENV)/.ready-to-test: setup.cfg pyproject.toml | $(BIN)/python
	@echo "Installing Levain and what its tests need in $(VENV)…"
	@$(PIP) install --editable ".[test,develop,production,postgresql]"
	@touch $(VENV)/.ready-to-run $@

# The system's Chromium; else Debian's, where this may install it; else Playwright's own.
$(VENV)/.browser-looked-for: $(VENV)/.ready-to-test
	@if command -v chromium chromium-browser google-chrome >/dev/null; then touch $@; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get -q update >/dev/null && \
		DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends chromium >/dev/null; then touch $@; \
	elif $(BIN)/playwright install chromium >/dev/null 2>&1 && \
		browser="$$($(BIN)/python -c 'from playwright.sync_api import sync_playwright as start; print(start().start().chromium.executable_path)')" && \
		"$$browser" --version >/dev/null 2>&1; then ln -sf "$$browser" $(BIN)/chromium; touch $@; \
	else echo "No Chromium can be had here: the browser tests are left out."; fi
