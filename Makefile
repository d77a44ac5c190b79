# make run: the evening of 2 June 2021, simulated · make test: everything that must hold · make setup: .venv/bin/tocsin
# make lock: pin requirements/*.in anew · make bench: the figures that docs/ quotes
.PHONY: setup run test lock bench
.DELETE_ON_ERROR:

bin := .venv/bin
install := $(bin)/python -m pip install -qq --require-hashes

setup: .venv/.package
	@echo "tocsin is ready: .venv/bin/tocsin --help"

run: .venv/.package
	@$(bin)/tocsin demo

test: .venv/.dev .venv/.package
	$(bin)/ruff check
	$(bin)/ruff format --check
	$(bin)/mypy
	$(bin)/lint-imports
	$(bin)/pytest --cov --cov-report=term

bench: .venv/.bench .venv/.package
	$(bin)/python -m bench.simulate
	$(bin)/python -m bench.ingest
	$(bin)/python -m bench.wire
	$(bin)/python -m bench.detection

lock: .venv/.dev
	for part in build run dev bench; do \
	    $(bin)/pip-compile --quiet --allow-unsafe --generate-hashes --strip-extras --no-emit-find-links \
	        --no-emit-index-url --output-file=requirements/$$part.txt requirements/$$part.in || exit; \
	done

# Each stamp is a state of .venv; it is made again only when what it was made from has changed.
.venv/.python: scripts/find-python
	@python=$$(scripts/find-python) && echo "building .venv with $$python" && "$$python" -m venv --clear .venv
	@touch $@

.venv/.run: .venv/.python requirements/build.txt requirements/run.txt
	@echo "installing what tocsin needs, about a minute"
	@$(install) -r requirements/build.txt -r requirements/run.txt
	@touch $@

.venv/.package: .venv/.run pyproject.toml
	@$(bin)/python -m pip install -qq --no-deps --no-build-isolation --no-index --editable .
	@touch $@

.venv/.dev: .venv/.run requirements/dev.txt
	@echo "installing what its tests need"
	@$(install) -r requirements/dev.txt
	@touch $@

.venv/.bench: .venv/.dev requirements/bench.txt
	@echo "installing the peers it is measured against"
	@$(install) -r requirements/bench.txt
	@touch $@
