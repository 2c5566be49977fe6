#!/usr/bin/env bash
# Runs a command with a temporary PostgreSQL and Redis, and removes both afterwards in every case.
#
#   scripts/with-services.sh cargo nextest run …
#
# TEST_DATABASE_URL and TEST_REDIS_URL name them. Both listen on 127.0.0.1 only, on free ports. Their data is below
# SERVICES_FOLDER; files that the command leaves there are removed with it.
# PostgreSQL runs with fsync off and Redis does not persist, because the data of a test is thrown away. With
# SERVICES_DURABLE=1 both run with their default settings, fsync included, except for the number of connections: for
# benchmarks.
set -euo pipefail
# Every child gets its own process group, so that Ctrl-C reaches the command before the servers go away.
set -m

[ $# -gt 0 ] || { echo "Usage: $0 COMMAND [ARGUMENT…]" >&2; exit 64; }
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
pg_bin=$("$here/find-postgres.sh")
work=$(mktemp -d "${TMPDIR:-/tmp}/mini-compete-services.XXXXXX")
redis_pid='' command_pid=''
postgres_options=(-c listen_addresses=127.0.0.1 -c "unix_socket_directories=''" -c max_connections=300)
redis_options=(--bind 127.0.0.1)
if [ "${SERVICES_DURABLE:-0}" != 1 ]; then
  postgres_options+=(-c fsync=off -c full_page_writes=off)
  redis_options+=(--save '' --appendonly no --maxmemory-policy noeviction)
fi

# PostgreSQL refuses to run as root.
as_postgres() {
  if [ "$(id -u)" != 0 ]; then "$@"
  elif command -v runuser >/dev/null; then runuser -u postgres -- "$@"
  else setpriv --reuid=postgres --regid=postgres --clear-groups -- "$@"
  fi
}

# Called by trap.
# shellcheck disable=SC2317,SC2329
stop_all() {
  local status=$?
  trap - EXIT INT TERM HUP
  if [ -n "$command_pid" ]; then kill -TERM -- "-$command_pid" 2>/dev/null || true; fi
  if [ -n "$redis_pid" ]; then kill "$redis_pid" 2>/dev/null || true; fi
  if [ -f "$work/postgres/postmaster.pid" ]; then
    (cd "$work" && as_postgres "$pg_bin/pg_ctl" -D "$work/postgres" -m immediate -w stop >/dev/null) || true
  fi
  wait
  rm -rf "$work"
  exit "$status"
}
trap stop_all EXIT
# Pass the signal on and give the command the time to end in its own way.
trap 'interrupted INT 130' INT
trap 'interrupted TERM 143' TERM
trap 'interrupted HUP 129' HUP
# shellcheck disable=SC2317,SC2329
interrupted() {
  if [ -n "$command_pid" ]; then
    kill "-$1" -- "-$command_pid" 2>/dev/null || true
    wait "$command_pid" 2>/dev/null || true
    command_pid=''
  fi
  exit "$2"
}

start_postgres() {
  mkdir "$work/postgres"
  if [ "$(id -u)" = 0 ]; then chown -R postgres "$work"; fi
  cd "$work"
  if ! as_postgres "$pg_bin/initdb" -D "$work/postgres" -U postgres -A trust -E UTF8 --locale=C --no-sync >"$work/log" 2>&1; then
    cat "$work/log" >&2
    return 1
  fi
  # One line: pg_ctl hands it to a shell, which would end the command at a line break.
  local options="-c port=$1 ${postgres_options[*]}"
  if ! as_postgres "$pg_bin/pg_ctl" -D "$work/postgres" -l "$work/postgres.log" -o "$options" -w start >"$work/log" 2>&1; then
    cat "$work/log" "$work/postgres.log" >&2
    return 1
  fi
}

start_redis() {
  redis-server --port "$1" --dir "$work" --logfile "$work/redis.log" "${redis_options[@]}" &
  redis_pid=$!
  for _ in {1..100}; do # 5 s
    if redis-cli -h 127.0.0.1 -p "$1" ping >/dev/null 2>&1; then return; fi
    kill -0 "$redis_pid" 2>/dev/null || break
    sleep 0.05
  done
  cat "$work/redis.log" >&2
  return 1
}

pg_port=$("$here/free-port.sh")
(start_postgres "$pg_port") || { echo "PostgreSQL did not start (see above)." >&2; exit 1; }
redis_port=$("$here/free-port.sh")
start_redis "$redis_port" || { echo "Redis did not start (see above)." >&2; exit 1; }

export SERVICES_FOLDER=$work
export TEST_DATABASE_URL="postgres://postgres@127.0.0.1:$pg_port/postgres"
export TEST_REDIS_URL="redis://127.0.0.1:$redis_port"
"$@" &
command_pid=$!
status=0
wait "$command_pid" || status=$?
command_pid=''
exit "$status"
