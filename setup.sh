#!/usr/bin/env bash
# Installs missing tools, one line per step; takes seconds when nothing is missing.
#
#   ./setup.sh build   what `make run` and `make build` need
#   ./setup.sh test    that, and what `make test` needs
#   ./setup.sh lint    what `make lint` needs
#   ./setup.sh bench   what `make bench` needs
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"

readonly CARGO_LEPTOS_VERSION=0.3.11
readonly CARGO_DENY_VERSION=0.20.2
readonly CARGO_NEXTEST_VERSION=0.9.143
readonly CARGO_SHEAR_VERSION=1.14.0
readonly NODE_MAJOR=20

ok() { printf 'setup: %-18s %s\n' "$1" "${2:-ok}"; }
doing() { printf 'setup: %-18s installing: %s\n' "$1" "$2"; }
fail() { printf 'setup: %s\n' "$1" >&2; exit 1; }
# Searches PATH only, because functions of this script have the names of programs.
have() { type -P "$1" >/dev/null; }

# --- Packages of the operating system ----------------------------------------------------------------

can_apt() { have apt-get && [ "$(id -u)" = 0 ]; }

# ensure STEP PROBE PACKAGE…: if the probe fails, installs the packages on Debian and Ubuntu as root; elsewhere names them.
ensure() {
  local step=$1 probe=$2; shift 2
  # The probe is a command with its arguments.
  # shellcheck disable=SC2086
  if $probe; then return; fi
  can_apt || fail "$step is missing. Install it (on Debian or Ubuntu: sudo apt-get install $*), then run this again."
  doing "$step" "apt-get install $*"
  local log; log=$(mktemp)
  export DEBIAN_FRONTEND=noninteractive
  if ! { apt-get update && apt-get install -y --no-install-recommends "$@"; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    fail "apt-get install $* failed (see above). Install $step by hand, then run this again."
  fi
  rm -f "$log"
  # shellcheck disable=SC2086
  $probe || fail "$step was installed and is still not found. Is it on PATH?"
}

c_compiler() {
  ensure "C compiler" "have cc" build-essential
  ok "C compiler"
}

node_and_npm() {
  ensure Node.js "have npm" nodejs npm
  local version; version=$(node --version)
  local major=${version#v}; major=${major%%.*}
  [ "$major" -ge "$NODE_MAJOR" ] ||
    fail "Node.js $version is too old: version $NODE_MAJOR or newer is needed. Install it from https://nodejs.org, then run this again."
  ok Node.js "$version"
}

# --- Rust --------------------------------------------------------------------------------------------

rust_toolchain() {
  local channel; channel=$(sed -n 's/^channel = "\(.*\)"$/\1/p' rust-toolchain.toml)
  have cargo || fail "Rust is missing. Install it from https://rustup.rs, then run this again."
  # With RUSTUP_AUTO_INSTALL=0 rustup does not fetch the toolchain of rust-toolchain.toml by itself.
  if ! rustc --version >/dev/null 2>&1; then
    have rustup || fail "Rust $channel is needed and rustup, which would fetch it, is missing: see https://rustup.rs."
    doing Rust "rustup toolchain install $channel"
    rustup toolchain install "$channel" --profile minimal --component rustfmt --component clippy ||
      fail "rustup could not install Rust $channel. Check the network, then run this again."
  fi
  ok Rust "$(rustc --version | cut -d' ' -f2)"
}

# A compilation is the test: a target that is listed may lack its standard library.
compiles_wasm() {
  local out status=0
  out=$(mktemp -d)
  printf '%s\n' '#[unsafe(no_mangle)]' 'pub extern "C" fn probe() -> usize { String::from("wasm").len() }' |
    rustc --edition 2024 --crate-type cdylib --target wasm32-unknown-unknown -o "$out/probe.wasm" - >/dev/null 2>&1 || status=$?
  rm -rf "$out"
  return "$status"
}

wasm_target() {
  if ! compiles_wasm; then
    have rustup || fail "This Rust cannot compile to wasm. Install the target wasm32-unknown-unknown, then run this again."
    doing "wasm target" "rustup target add wasm32-unknown-unknown"
    rustup target add wasm32-unknown-unknown || fail "rustup could not add the wasm target. Check the network, then run this again."
    compiles_wasm || fail "A three-line program still does not compile to wasm32-unknown-unknown: try it by hand with rustc."
  fi
  ok "wasm target"
}

# cargo_tool NAME VERSION [cargo install flags…]: a prebuilt binary where cargo-binstall has one, else from source.
cargo_tool() {
  local name=$1 version=$2; shift 2
  # `cargo install` would otherwise mix its build into the project's target folder.
  unset CARGO_TARGET_DIR CARGO_BUILD_TARGET_DIR
  if have cargo-binstall; then
    doing "$name" "$version with cargo binstall"
    cargo binstall --no-confirm --force --disable-strategies compile "$name@$version" && return
  fi
  doing "$name" "$version from source, which takes minutes, once"
  # The tools' own release profiles optimize for ten minutes to save seconds.
  CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=1 \
    cargo install "$name" --version "$version" --force "$@" ||
    fail "$name $version could not be installed (see above). Install exactly that version by hand, then run this again."
}

cargo_leptos() {
  if [ "$(cargo leptos --version 2>/dev/null)" != "cargo-leptos $CARGO_LEPTOS_VERSION" ]; then
    # One of its locked crates asks for a newer Rust than it needs; without the lock it does not compile.
    (cargo_tool cargo-leptos "$CARGO_LEPTOS_VERSION" --locked --ignore-rust-version)
  fi
  ok cargo-leptos "$CARGO_LEPTOS_VERSION"
}

# Its version must equal the library's, or the page does not hydrate; cargo-leptos does not check.
wasm_bindgen() {
  [ -f Cargo.lock ] || fail "Cargo.lock is missing; it says which wasm-bindgen is needed. Restore it with: git checkout Cargo.lock"
  local version; version=$(awk '/^name = "wasm-bindgen"$/ { getline; gsub(/[^0-9.]/, ""); print; exit }' Cargo.lock)
  [ -n "$version" ] || fail "Cargo.lock names no wasm-bindgen. Is it the lock file of this project?"
  if [ "$(wasm-bindgen --version 2>/dev/null)" != "wasm-bindgen $version" ]; then
    (cargo_tool wasm-bindgen-cli "$version")
  fi
  ok wasm-bindgen "$version"
}

cargo_nextest() {
  have cargo-nextest || (cargo_tool cargo-nextest "$CARGO_NEXTEST_VERSION" --locked)
  ok cargo-nextest "$(cargo nextest --version | sed -n '1s/cargo-nextest \([^ ]*\).*/\1/p')"
}

cargo_deny() {
  have cargo-deny || (cargo_tool cargo-deny "$CARGO_DENY_VERSION" --locked)
  ok cargo-deny "$(cargo deny --version | cut -d' ' -f2)"
}

cargo_shear() {
  if ! have cargo-shear; then
    # Its locked parser asks for a newer Rust than it needs.
    (cargo_tool cargo-shear "$CARGO_SHEAR_VERSION" --locked --ignore-rust-version)
  fi
  ok cargo-shear "$(cargo shear --version | sed 's/.* //')"
}

shellcheck() {
  ensure shellcheck "have shellcheck" shellcheck
  ok shellcheck "$(command shellcheck --version | sed -n 's/^version: //p')"
}

# --- npm ---------------------------------------------------------------------------------------------

# npm_packages STEP FOLDER: does nothing when the installed packages match the lock file.
npm_packages() {
  local step=$1 folder=$2
  local stamp=$folder/node_modules/.installed-from.json
  if ! cmp -s "$folder/package-lock.json" "$stamp"; then
    doing "$step" "npm ci in $folder"
    # No package needs its install script; browsers are installed separately.
    (cd "$folder" && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --ignore-scripts --loglevel=error) ||
      fail "npm ci failed in $folder (see above). Check the network and the registry in your .npmrc, then run this again."
    cp "$folder/package-lock.json" "$stamp"
  fi
  ok "$step"
}

# --- Servers and browser for the tests ---------------------------------------------------------------

has_postgres() { scripts/find-postgres.sh >/dev/null 2>&1; }
postgres() {
  ensure "PostgreSQL 15+" has_postgres postgresql
  ok PostgreSQL "$(scripts/find-postgres.sh)"
}

# The fault tests put one between the program and PostgreSQL.
has_pooler() { have pgbouncer || [ -x /usr/sbin/pgbouncer ]; }
pooler() {
  ensure PgBouncer has_pooler pgbouncer
  ok PgBouncer
}

redis() {
  ensure Redis "have redis-server" redis-server
  ok Redis "$(redis-server --version | sed -n 's/.*v=\([0-9.]*\).*/\1/p')"
}

faketime() {
  ensure faketime "have faketime" faketime
  ok faketime
}

# A test runs live events behind it.
has_nginx() { have nginx || [ -x /usr/sbin/nginx ]; }
nginx() {
  ensure nginx has_nginx nginx-light
  ok nginx
}

# Some distributions package it apart from the server.
has_pgbench() { [ -x "$(scripts/find-postgres.sh)/pgbench" ]; }
pgbench() {
  ensure pgbench has_pgbench postgresql-contrib
  ok pgbench
}

sqlite_shell() {
  ensure "SQLite's shell" "have sqlite3" sqlite3
  ok "SQLite's shell" "$(sqlite3 --version | cut -d' ' -f1)"
}

# Debian has a package; Ubuntu has only a snap, which Playwright cannot drive.
has_chromium() { scripts/find-chromium.sh >/dev/null; }
chromium() {
  if ! has_chromium; then
    if can_apt && grep -qx 'ID=debian' /etc/os-release; then
      ensure Chromium has_chromium chromium
    else
      doing Chromium "Playwright's own"
      (cd end2end && npx playwright install chromium) ||
        fail "There is no Chromium. Install Chromium or Chrome, or set CHROMIUM_PATH to one, then run this again."
    fi
  fi
  ok Chromium "$(scripts/find-chromium.sh || echo "Playwright's own")"
}

# -----------------------------------------------------------------------------------------------------

for_build() { c_compiler; rust_toolchain; wasm_target; node_and_npm; cargo_leptos; wasm_bindgen; npm_packages "npm packages" .; }
for_test() { for_build; cargo_nextest; postgres; pooler; redis; faketime; nginx; npm_packages Playwright end2end; chromium; }
for_lint() { c_compiler; rust_toolchain; wasm_target; cargo_deny; cargo_shear; shellcheck; node_and_npm; npm_packages TypeScript end2end; }
for_bench() { c_compiler; rust_toolchain; node_and_npm; postgres; pgbench; redis; sqlite_shell; npm_packages BullMQ bench/bullmq; }

case "${1:-build}" in
  build) for_build ;;
  test) for_test ;;
  lint) for_lint ;;
  bench) for_bench ;;
  *) fail "Unknown mode '$1'. Use: ./setup.sh build, test, lint or bench." ;;
esac
