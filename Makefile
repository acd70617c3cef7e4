# Airelib: every target is one line of `make help`.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PY := .venv/bin/python
WEB := service/web
WEB_SOURCES := $(shell find $(WEB) -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)
SCENE := sample_data/scene
RTSP := python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad strace
SUDO_APT = if [ "$$(id -u)" = 0 ]; then apt-get update -qq && apt-get install -y -qq --no-install-recommends $(1) >/dev/null; else echo "$(2)"; fi

.PHONY: help setup demo serve test test-ultralytics test-spark check bench validate docs clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

setup: .venv/.test $(WEB)/dist/index.html $(SCENE)/node_modules/.ready ## install all that the demo and the tests need

demo: .venv/.demo $(WEB)/dist/index.html ## run the main job and leave the page open at http://127.0.0.1:8000
	.venv/bin/airelib demo

serve: .venv/.demo $(WEB)/dist/index.html ## start the service on its own database
	.venv/bin/airelib db upgrade && .venv/bin/airelib serve

test: setup ## run every test of this machine
	$(PY) -m pytest -n 2 --dist loadfile

test-ultralytics: .venv-ultralytics/.ready ## train a real YOLO for some epochs, export it and run it everywhere (own environment, 7 GB)
	.venv-ultralytics/bin/python -m pytest -q tests/ultralytics

test-spark: .venv-spark/.ready ## hold Apache Spark against DuckDB on a cluster of two workers (Java 17; own environment, 1 GB)
	PYTHONPATH=. .venv-spark/bin/python -m pytest -q tests/spark

check: .venv/.test $(WEB)/node_modules/.ready ## lint, types, import contracts, house rules, documents, migrations
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	$(PY) -m pytest -q tests/test_house.py tests/test_docs.py
	folder=$$(mktemp -d) && .venv/bin/airelib db upgrade --data-dir $$folder && .venv/bin/airelib db check --data-dir $$folder && rm -r $$folder
	npm --prefix $(WEB) run --silent check

bench: setup ## print frames and events per second, as ratios against a named baseline
	PYTHONPATH=. $(PY) tests/bench

validate: setup ## run the long scientific acceptance T1 to T16; goes on where it was stopped
	PYTHONPATH=. $(PY) tests/validate

docs: .venv/.test ## write the glossary and the reference pages from the code
	$(PY) -m geo.vocabulary > docs/glossary.md
	$(PY) -m service.reference docs/reference

clean: ## remove everything that setup and demo made
	rm -rf .venv .venv-ultralytics .venv-spark .demo build *.egg-info $(WEB)/node_modules $(WEB)/dist $(SCENE)/node_modules

.venv/bin/python:
	@echo "== 1/3 Python environment"
	@python3 -m venv .venv 2>/dev/null || { rm -rf .venv; $(call SUDO_APT,python3-venv,Python has no venv module: install python3-venv); python3 -m venv .venv; }

.venv/.demo: pyproject.toml constraints.txt | .venv/bin/python
	@echo "== 2/3 Python packages (about 900 MB, one to two minutes)"
	@$(PY) -m pip install --disable-pip-version-check --prefer-binary -c constraints.txt -e '.[edge,server]' | sed -u -n 's/^Collecting \([^ ]*\).*/   \1/p; /^Successfully/s/ installed.*/ installed/p'
	@touch $@

.venv/.test: .venv/.demo
	@echo "== test tools"
	@$(PY) -m pip install --disable-pip-version-check --prefer-binary -q -c constraints.txt -e '.[edge,server,dev]'
	@command -v chromium >/dev/null || { $(call SUDO_APT,chromium,Browser tests will skip: install the Debian package chromium to run them); }
	@command -v ogrinfo >/dev/null || { $(call SUDO_APT,gdal-bin,Tests with an independent OGC client will skip: install the Debian package gdal-bin to run them); }
	@/usr/bin/python3 -c "import gi; gi.require_version('GstRtspServer', '1.0')" 2>/dev/null || { $(call SUDO_APT,$(RTSP),RTSP tests will skip: install $(RTSP) to run them); } || echo "RTSP tests will skip: $(RTSP) cannot be installed"
	@touch $@

.venv-ultralytics/.ready: pyproject.toml constraints.txt | .venv/bin/python
	@echo "== environment of Ultralytics and PyTorch (7 GB, about two minutes)"
	@$(PY) -m venv .venv-ultralytics
	@.venv-ultralytics/bin/python -m pip install --disable-pip-version-check --prefer-binary -q -c constraints.txt -e '.[edge,dev,ultralytics]'
	@touch $@

# Spark comes on top of the usual environment, which its own one sees: three minutes less than a second full one.
.venv-spark/.ready: pyproject.toml constraints.txt | .venv/.test
	@echo "== environment of Spark (1 GB, half a minute)"
	@$(PY) -m venv .venv-spark
	@$(PY) -c "import sysconfig; print('import site; site.addsitedir(%r)' % sysconfig.get_path('purelib'))" > $$(.venv-spark/bin/python -c "import sysconfig; print(sysconfig.get_path('purelib'))")/usual.pth
	@.venv-spark/bin/python -m pip install --disable-pip-version-check -q -c constraints.txt -e '.[spark]'
	@touch $@

$(WEB)/node_modules/.ready: $(WEB)/package.json $(WEB)/package-lock.json
	@echo "== 3/3 web page: packages"
	@npm --prefix $(WEB) ci --no-progress --loglevel=error
	@touch $@

$(WEB)/dist/index.html: $(WEB)/node_modules/.ready $(WEB_SOURCES)
	@echo "== 3/3 web page: build"
	@npm --prefix $(WEB) run --silent build
	@touch $@

$(SCENE)/node_modules/.ready: $(SCENE)/package.json $(SCENE)/package-lock.json
	@npm --prefix $(SCENE) ci --no-progress --loglevel=error
	@touch $@
