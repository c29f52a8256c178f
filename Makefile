# make run · make test · make check · make bench : one command each. Everything local lives in .venv, .tools and .run.
PY := .venv/bin/python
STAMP := .venv/.locked-$(shell cat requirements.lock requirements-dev.lock | cksum | cut -d' ' -f1)

.PHONY: help install run test test-full check bench format lock clean

help:
	@echo "make run     start the shop (PORT=8000, DEMO=small|medium|full|none); Ctrl-C stops it all"
	@echo "make test    run every test (ARGS='tests/core -q' for some)"
	@echo "make test-full  what must never go wrong, at full size (about an hour); its report is .run/proof.txt"
	@echo "make check   style, types, floors, migrations, SDL, templates, settings"
	@echo "make bench   how fast the shop is (BENCH='list_warm --runs 1' for some; --quick; --keep)"
	@echo "make format  let ruff and djangofmt put the code and the templates in order"
	@echo "make lock    renew both locks from pyproject.toml"

install: $(STAMP)

$(STAMP): requirements.lock requirements-dev.lock scripts/tools.lock
	@sh scripts/install.sh $@

run: install
	@exec $(PY) -m local.run

ARGS ?= -n 2
test: install
	@$(PY) -m pytest $(ARGS)

FULL_ARGS ?=
test-full: install
	@$(PY) -m tests.report $(FULL_ARGS)

check: install
	@$(PY) -m scripts.check

BENCH ?=
bench: install
	@exec $(PY) -m bench $(BENCH)

format: install
	@$(PY) -m ruff check --fix -q . ; $(PY) -m ruff format . ; .venv/bin/djangofmt -q */templates shop/web

COMPILE := .tools/bin/uv pip compile -q --universal --generate-hashes --no-annotate --no-header
lock: install
	@$(COMPILE) --extra local --extra dev pyproject.toml -o requirements-dev.lock
	@$(COMPILE) -c requirements-dev.lock pyproject.toml -o requirements.lock

clean:
	rm -rf .venv .tools .run
