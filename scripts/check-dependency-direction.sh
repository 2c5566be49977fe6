#!/usr/bin/env bash
# Checks with `cargo tree` that dependencies have one direction (ARCHITECTURE.md):
#
#   1. the browser's wasm contains no crate of the server: no database, no Redis, no tokio, no service;
#   2. only `service` and `migration` depend on SeaORM directly, in tests too; `domain` derives column types with it,
#      behind a feature that only `service` enables;
#   3. each crate of the workspace depends only on the crates listed for it below.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Crates that must not be in the wasm: these names, and names that start with one of them and a hyphen.
readonly SERVER_ONLY='sea-orm|sea-query|sqlx|redis|fred|tokio|axum|service|migration|worker|server'
readonly DATABASE='sea-orm|sea-query|sqlx'

# The crates of the workspace that each crate may depend on. Dependencies of tests are not checked.
# The test support of `service` runs the migrations, so that no other crate needs the database library.
declare -rA MAY_USE=(
  [domain]=''
  [migration]=''
  [service]='domain migration'
  [worker]='domain service'
  [app]='domain service'
  [frontend]='domain app'
  [server]='domain service migration worker app'
  [bench]=''
)

problems=0
problem() { printf 'dependency direction: %s\n' "$1" >&2; problems=$((problems + 1)); }

# names CARGO-TREE-ARGUMENT…: the names of the packages in that tree, one per line.
names() { cargo tree --locked --prefix none --format '{p}' "$@" | awk 'NF { print $1 }' | sort -u; }
# features CRATE: all features of a crate are looked at, but not the one with which `domain` derives column types.
features() { [ "$1" = domain ] && echo '--features openapi' || echo '--all-features'; }
# shellcheck disable=SC2046
direct() { names --package "$1" --depth 1 $(features "$1") --target all --edges "$2" | grep -vx "$1" || true; }
matching() { grep -E "^($1)(-|$)" || true; }

wasm=$(names --package frontend --target wasm32-unknown-unknown --edges normal,no-proc-macro | grep -vx frontend)
for name in $(matching "$SERVER_ONLY" <<<"$wasm"); do
  problem "'$name' is in the frontend's wasm. See why with: cargo tree -p frontend --target wasm32-unknown-unknown -e normal -i $name"
done

for crate in "${!MAY_USE[@]}"; do
  if [ "$crate" != service ] && [ "$crate" != migration ]; then
    for name in $(direct "$crate" normal,build,dev | matching "$DATABASE"); do
      problem "'$crate' uses '$name' directly; only 'service' and 'migration' may. Add a use case to 'service' and call that."
    done
  fi
  used=$(direct "$crate" normal,build)
  for other in "${!MAY_USE[@]}"; do
    [[ " ${MAY_USE[$crate]} $crate " == *" $other "* ]] && continue
    if grep -qx "$other" <<<"$used"; then problem "'$crate' uses '$other', which is not below it."; fi
  done
done

members=$(cargo metadata --locked --no-deps --format-version 1 |
  node -e 'for (const p of JSON.parse(require("node:fs").readFileSync(0)).packages) console.log(p.name)')
for member in $members; do
  [ -n "${MAY_USE[$member]+known}" ] || problem "'$member' is a new crate: list in $0 what it may depend on."
done

[ "$problems" = 0 ] || exit 1
echo "dependency direction: ok ($(wc -l <<<"$wasm") crates in the browser's tree, none of the server's)"
