#!/usr/bin/env bash
# Runs a command with four servers and three workers behind nginx, and ends them afterwards.
#
#   scripts/with-services.sh end2end/cluster.sh COMMAND [ARGUMENT…]
#
# They share the PostgreSQL and the Redis of with-services.sh, and the demo data. The command gets their address in
# E2E_BASE_URL, and in E2E_DATABASE_URL the database for commands that run beside them. nginx has the configuration of
# docs/deploy/nginx.conf, with four servers instead of two.
set -euo pipefail
# shellcheck source=settings.sh
. "$(dirname "${BASH_SOURCE[0]}")/settings.sh"

[ $# -gt 0 ] || { echo "Usage: scripts/with-services.sh $0 COMMAND [ARGUMENT…]" >&2; exit 64; }
# Debian installs nginx where only root's PATH leads.
PATH=$PATH:/usr/sbin
readonly SERVERS=4 WORKERS=3

work=$(mktemp -d "${TMPDIR:-/tmp}/mini-compete-cluster.XXXXXX")
processes=()
# Called by trap.
# shellcheck disable=SC2317,SC2329
stop() {
  local status=$?
  trap - EXIT
  if [ "${#processes[@]}" -gt 0 ]; then
    kill "${processes[@]}" 2>/dev/null || true
    wait "${processes[@]}" || true
  fi
  if [ "$status" != 0 ]; then tail -n 20 "$work"/*.log >&2; fi
  rm -rf "$work"
  exit "$status"
}
trap stop EXIT

port=$("$root/scripts/free-port.sh")
export E2E_BASE_URL=http://127.0.0.1:$port
export E2E_DATABASE_URL=${TEST_DATABASE_URL:?Run this with scripts/with-services.sh}
# Where no .env of the project is read.
cd "$work"
# Not exported: Playwright starts a server of its own, with SQLite.
settings=(
  DATABASE_URL="$E2E_DATABASE_URL" REDIS_URL="$TEST_REDIS_URL" SITE_URL="$E2E_BASE_URL" TRUSTED_PROXIES=127.0.0.1
  JWT_SECRET="$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')"
)
run() { exec env "${settings[@]}" "$@"; }

# answers URL: waits up to 30 s.
answers() {
  for _ in {1..300}; do
    if curl --silent --fail --output /dev/null "$1"; then return; fi
    sleep 0.1
  done
  echo "$1 does not answer." >&2
  return 1
}

(export "${settings[@]}" && create_admin && "$binary" seed >seed.log)
upstream=''
for ((number = 1; number <= SERVERS; number++)); do
  server=$("$root/scripts/free-port.sh")
  upstream+="server 127.0.0.1:$server max_fails=1 fail_timeout=1s; "
  run PORT="$server" "$binary" serve --no-worker >"server-$number.log" 2>&1 &
  processes+=($!)
  # It listens before the next free port is looked for.
  answers "http://127.0.0.1:$server/health/ready"
done
for ((number = 1; number <= WORKERS; number++)); do
  run "$binary" worker >"worker-$number.log" 2>&1 &
  processes+=($!)
done

temporary=''
for kind in client_body proxy fastcgi uwsgi scgi; do temporary+="${kind}_temp_path $work/$kind; "; done
sed -e "s|listen 80;|$temporary listen 127.0.0.1:$port;|" \
  -e "s|server 127.0.0.1:3000 .*|$upstream|" -e '/server 127.0.0.1:3001 /d' "$root/docs/deploy/nginx.conf" >nginx.conf
# One process of this user: worker processes of another user could not write below the temporary folder.
nginx -p "$work" -c "$work/nginx.conf" -g "daemon off; master_process off; error_log $work/nginx.log; pid $work/nginx.pid;" &
processes+=($!)
answers "$E2E_BASE_URL/health"

cd "$root/end2end"
"$@"
