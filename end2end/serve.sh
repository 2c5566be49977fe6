#!/usr/bin/env bash
# Serves the built application with demo data in a temporary folder, for the browser tests. Playwright starts it
# with E2E_PORT set and ends it with SIGTERM, which deletes the folder. E2E_DEMO=no leaves the demo data out.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
: "${E2E_PORT:?set E2E_PORT to a free port}"

# A relative CARGO_TARGET_DIR counts from the root of the project.
target=$(cd "$here/.." && cd "${CARGO_TARGET_DIR:-target}" && pwd)
binary=${E2E_BINARY:-$target/debug/mini-compete}
[ -x "$binary" ] || { echo "$binary is missing. Build it first: make run" >&2; exit 1; }

# Tests that run a command on the same data set the folder.
data=${E2E_DATA:-$(mktemp -d "${TMPDIR:-/tmp}/mini-compete-e2e.XXXXXX")}
server=''
# Called by trap.
# shellcheck disable=SC2317,SC2329
stop() {
  trap - EXIT INT TERM
  if [ -n "$server" ]; then kill -TERM "$server" 2>/dev/null || true; fi
  wait
  rm -rf "$data"
}
trap stop EXIT
trap 'exit 0' INT TERM

# In this folder the server reads no .env of the project, and stores its data here.
cd "$data"
export PORT=$E2E_PORT
export APP_ENV=development
export DATABASE_URL="sqlite://$data/mini-compete.db?mode=rwc"
export SITE_URL="http://127.0.0.1:$E2E_PORT"
export BCRYPT_COST=4 # the minimum: tests log in often, and there is nothing to protect
export RATE_LIMITS=off
export WEBHOOK_ALLOWED_NETWORKS=127.0.0.0/8 # the receivers of tests
export RUST_LOG=${RUST_LOG:-warn}
unset REDIS_URL
# Administrators are created on the command line only.
echo 'correct horse battery' | "$binary" admin create --email admin@example.com >/dev/null
demo=(--seed-demo)
if [ "${E2E_DEMO:-yes}" = no ]; then demo=(); fi
"$binary" serve "${demo[@]}" &
server=$!
wait "$server"
