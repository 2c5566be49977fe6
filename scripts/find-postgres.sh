#!/usr/bin/env bash
# Prints the folder that holds the programs of a PostgreSQL server, version 15 or newer; fails when there is none.
set -euo pipefail
readonly OLDEST=15

is_recent() {
  local version
  version=$("$1/postgres" --version 2>/dev/null) || return 1
  version=${version##*(PostgreSQL) }
  [[ -x $1/initdb && ${version%%[!0-9]*} -ge $OLDEST ]]
}

# Debian keeps them off PATH, one folder per version; Homebrew likewise.
candidates() {
  if command -v pg_config >/dev/null; then pg_config --bindir; fi
  if command -v postgres >/dev/null; then dirname "$(command -v postgres)"; fi
  printf '%s\n' /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql@*/bin /usr/local/opt/postgresql@*/bin
}

while read -r folder; do
  if is_recent "$folder"; then echo "$folder"; exit 0; fi
done < <(candidates)
echo "No PostgreSQL server of version $OLDEST or newer was found." >&2
exit 1
