#!/usr/bin/env bash
# Serves the built application with demo data in a temporary folder, for the browser tests. Playwright starts it
# with E2E_PORT set and ends it with SIGTERM, which deletes the folder. E2E_DEMO=no leaves the demo data out;
# E2E_SENDS_MAIL=yes sends mail to E2E_SMTP_PORT.
set -euo pipefail
# shellcheck source=settings.sh
. "$(dirname "${BASH_SOURCE[0]}")/settings.sh"
: "${E2E_PORT:?set E2E_PORT to a free port}"

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
export DATABASE_URL="sqlite://$data/mini-compete.db?mode=rwc"
export SITE_URL="http://127.0.0.1:$E2E_PORT"
unset REDIS_URL SMTP_URL MAIL_FROM
if [ "${E2E_SENDS_MAIL:-no}" = yes ]; then
  export SMTP_URL="smtp://127.0.0.1:$E2E_SMTP_PORT" MAIL_FROM='Mini Compete <no-reply@site.example>'
fi
create_admin
demo=(--seed-demo)
if [ "${E2E_DEMO:-yes}" = no ]; then demo=(); fi
"$binary" serve "${demo[@]}" &
server=$!
wait "$server"
