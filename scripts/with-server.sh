#!/usr/bin/env bash
# Runs a command with a temporary server on SQLite, with the demo data and an administrator; removes both afterwards.
#
#   scripts/with-server.sh COMMAND [ARGUMENT…]
#
# MINI_COMPETE_URL is the address of its API. The accounts are organizer1@minicompete.com, participant1@minicompete.com
# and admin@minicompete.com, all with the password "password123". Requests are not limited.
set -euo pipefail

[ $# -gt 0 ] || { echo "Usage: $0 COMMAND [ARGUMENT…]" >&2; exit 64; }
cd "$(dirname "${BASH_SOURCE[0]}")/.."
cargo build --quiet --workspace --exclude frontend --features app/ssr --bin mini-compete
program=$(cd "${CARGO_TARGET_DIR:-target}" && pwd)/debug/mini-compete
work=$(mktemp -d "${TMPDIR:-/tmp}/mini-compete-server.XXXXXX")
server=''

# Called by trap.
# shellcheck disable=SC2317,SC2329
stop() {
  local status=$?
  trap - EXIT
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || true
    wait "$server" || true
  fi
  rm -rf "$work"
  exit "$status"
}
trap stop EXIT

port=$(scripts/free-port.sh)
mkdir "$work/site"
# Becomes the program, in a subshell, so that its id is the program's. Neither the caller's settings nor its .env count:
# both would be another server's.
become() {
  cd "$work"
  exec env -i PATH="$PATH" HOME="$work" PORT="$port" DATABASE_URL="sqlite://$work/mini-compete.db" \
    SITE_ROOT="$work/site" BCRYPT_COST=4 RATE_LIMITS=off RUST_LOG=warn "$program" "$@"
}
(become admin create --email admin@minicompete.com <<<password123 >"$work/log")
become serve --seed-demo >"$work/log" 2>&1 &
server=$!

export MINI_COMPETE_URL=http://127.0.0.1:$port/api
# Ends with an error after 30 s, or when the server does.
wait_for_server() {
  # The program is for Node.
  # shellcheck disable=SC2016
  node --input-type=module -e '
    import { setTimeout } from "node:timers/promises";
    const [url, server] = process.argv.slice(1);
    for (let attempt = 0; attempt < 600; attempt += 1) {
      if ((await fetch(`${url}/health`).catch(() => undefined))?.ok) process.exit();
      process.kill(Number(server), 0);
      await setTimeout(50);
    }
    process.exit(1)' "$MINI_COMPETE_URL" "$server"
}
wait_for_server || { cat "$work/log" >&2; exit 1; }

status=0
"$@" || status=$?
if [ "$status" != 0 ]; then tail -n 50 "$work/log" >&2; fi
exit "$status"
