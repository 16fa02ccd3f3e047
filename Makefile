# Two commands do all set-up: `make demo` and `make test`.
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
MANIFEST ?= data/fr-prompts/manifest.tsv
PROMTOOL ?= build/tools/usr/bin/promtool
AXE ?= build/tools/axe.min.js

.PHONY: setup demo serve check deploy test soak fuzz test-peers data bench bench-peers proto format

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	test -x $(BIN)/python || python3 -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet -c constraints.txt "torch==2.13.0"
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[serve,weights,eval,slides,train,deploy,riva,otel,dev]"
	touch $(STAMP)

demo: setup
	$(BIN)/interp demo

serve: setup
	$(BIN)/interp serve

check: setup $(PROMTOOL)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/buf lint
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	PROMTOOL=$(PROMTOOL) $(BIN)/python -m deploy.check

# Prometheus' own checker, from its Debian package (needs apt and dpkg, no root).
$(PROMTOOL):
	mkdir -p build/tools
	cd build/tools && (apt-get download prometheus || (apt-get update && apt-get download prometheus)) \
		&& dpkg -x prometheus_*.deb .

# The accessibility checker for pages, from its npm package (needs npm).
$(AXE):
	mkdir -p build/tools
	cd build/tools && npm pack --silent axe-core@4.14.1 && tar xzf axe-core-4.14.1.tgz package/axe.min.js \
		&& mv package/axe.min.js . && rm -r package axe-core-4.14.1.tgz

# Files for compose and Kubernetes, from deploy/values.yaml.
deploy: setup
	$(BIN)/python -m deploy.render --out build/deploy

# What tests look for and do without where it cannot be had: Chromium (on PATH), axe.
test: setup
	-test -f $(AXE) || $(MAKE) --silent $(AXE)
	AXE=$(AXE) $(BIN)/pytest -m "not peers and not slow"

# Attacks that take long, in one table of targets and what was measured.
soak: setup
	$(BIN)/python -m tests.attack.soak

# A million damaged messages and ten thousand damaged containers: a night.
fuzz: setup
	$(BIN)/python -m tests.attack.fuzz 1000000 10000

test-peers: setup
	$(BIN)/pytest -m peers

# The French evaluation set, from a Debian package (needs apt and dpkg, no root).
data: $(MANIFEST)

$(MANIFEST): | setup
	mkdir -p build/sounds
	cd build/sounds && apt-get download asterisk-core-sounds-fr-g722 && dpkg -x *.deb .
	$(BIN)/python -m benchmarks.fr_prompts build/sounds/usr/share/asterisk/sounds/fr_CA_f_June $(dir $(MANIFEST))

bench: setup data
	$(BIN)/interp eval $(MANIFEST) --standard --out runs/standard

# Ours beside faster-whisper and whisper_streaming, in an environment of theirs under .peers.
bench-peers: setup data
	$(BIN)/python -m benchmarks.peers $(MANIFEST) --limit 60 --out runs/peers

proto: setup
	$(BIN)/python -m grpc_tools.protoc -I protos --python_out=. --pyi_out=. protos/interp/v1/*.proto
	$(BIN)/python -m grpc_tools.protoc -I protos --grpc_python_out=. protos/interp/v1/*_service.proto

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
