# Sourced by serve.sh and cluster.sh: what every server of the browser tests has in common.
# shellcheck shell=bash
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# A relative CARGO_TARGET_DIR counts from the root of the project.
target=$(cd "$root" && cd "${CARGO_TARGET_DIR:-target}" && pwd)
binary=${E2E_BINARY:-$target/debug/mini-compete}
[ -x "$binary" ] || { echo "$binary is missing. Build it first: make run" >&2; exit 1; }

export APP_ENV=development
export BCRYPT_COST=4 # the minimum: tests log in often, and there is nothing to protect
export RATE_LIMITS=off
# Tests count the messages of organizers.
export CRON_NOTICES_SCHEDULE="0 0 1 1 *"
export WEBHOOK_ALLOWED_NETWORKS=127.0.0.0/8 # the receivers of tests
export RUST_LOG=${RUST_LOG:-warn}

# Administrators are created on the command line only.
create_admin() { echo 'correct horse battery' | "$binary" admin create --email admin@example.com >/dev/null; }
