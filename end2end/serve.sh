#!/usr/bin/env bash
# Serves the built application with demo data in a folder of its own, for the browser tests.
# Playwright starts it with E2E_PORT set and ends it with SIGTERM; the folder goes with it. E2E_DEMO=no leaves the
# demo data out.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
: "${E2E_PORT:?set E2E_PORT to a free port}"

# A relative CARGO_TARGET_DIR counts from the root of the project.
target=$(cd "$here/.." && cd "${CARGO_TARGET_DIR:-target}" && pwd)
binary=${E2E_BINARY:-$target/debug/mini-compete}
[ -x "$binary" ] || { echo "$binary is missing. Build it first: make run" >&2; exit 1; }

# Tests that run a command beside the server say where.
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

# In that folder no .env of the project is read, and whatever the server keeps is kept there.
cd "$data"
export PORT=$E2E_PORT
export APP_ENV=development
export DATABASE_URL="sqlite://$data/mini-compete.db?mode=rwc"
export SITE_URL="http://127.0.0.1:$E2E_PORT"
export BCRYPT_COST=4 # the lowest there is: tests sign in often, and guard nothing
export RATE_LIMITS=off
export RUST_LOG=${RUST_LOG:-warn}
unset REDIS_URL
# Administrators are made on the command line only.
echo 'correct horse battery' | "$binary" admin create --email admin@example.com >/dev/null
demo=(--seed-demo)
if [ "${E2E_DEMO:-yes}" = no ]; then demo=(); fi
"$binary" serve "${demo[@]}" &
server=$!
wait "$server"
