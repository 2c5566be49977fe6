#!/usr/bin/env bash
# Runs the built benchmark with its own PostgreSQL and Redis, which write commits to disk.
#
#   scripts/bench.sh [OPTION…]      see --help; `make bench ARGS=…` builds first
#
# BENCH_PROFILE=debug takes the debug builds: to work on the benchmark itself.
# The data is in TMPDIR. Do not use a file system in memory: waiting for the disk would cost nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

builds=${CARGO_TARGET_DIR:-target}/${BENCH_PROFILE:-release}
# psql and pgbench of the same version as the server.
PATH=$(scripts/find-postgres.sh):$PATH
export PATH
SERVICES_DURABLE=1 exec scripts/with-services.sh "$builds/bench" --binary "$builds/mini-compete" "$@"
