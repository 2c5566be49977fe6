#!/usr/bin/env bash
# Runs the benchmark that was built, with a PostgreSQL and a Redis of its own that keep what they commit.
#
#   scripts/bench.sh [OPTION…]      see --help; `make bench ARGS=…` builds first
#
# BENCH_PROFILE=debug takes the debug builds: to work on the benchmark itself.
# The data lies in TMPDIR: on a file system in memory, waiting for the disk would cost nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

builds=${CARGO_TARGET_DIR:-target}/${BENCH_PROFILE:-release}
# psql and pgbench of the very server.
PATH=$(scripts/find-postgres.sh):$PATH
export PATH
SERVICES_DURABLE=1 exec scripts/with-services.sh "$builds/bench" --binary "$builds/mini-compete" "$@"
