#!/usr/bin/env bash
# Runs the tests step by step and ends with one line: "N passed, N failed".
#
#   scripts/test.sh [scripts] [rust] [clients] [faults] [e2e] [weight]     all of them by default
#   scripts/test.sh cluster     the browser tests against four servers and three workers behind nginx
#
# The first step that fails ends the run; the steps after it are listed as not run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"

mkdir -p "${CARGO_TARGET_DIR:-target}"
target=$(cd "${CARGO_TARGET_DIR:-target}" && pwd)
reports=$target/test-reports
# nextest writes here, independent of CARGO_TARGET_DIR ([store] dir in .config/nextest.toml).
readonly NEXTEST=target/nextest
readonly HOST_CRATES=(--workspace --exclude frontend --features app/ssr)

rm -rf "$reports" "$NEXTEST"/{sqlite,postgres,faults}/junit.xml
mkdir -p "$reports"
failed=no

# step TITLE FORMAT REPORT COMMAND…: runs the command; scripts/test-totals.mjs reads the report.
step() {
  local title=$1 format=$2 report=$3; shift 3
  local outcome=ok began=$SECONDS
  if [ "$failed" = yes ]; then
    outcome='not run'
  else
    printf '\n=== %s ===\n' "$title"
    if ! "$@"; then outcome=failed failed=yes; fi
  fi
  printf '%s\t%s\t%s\t%s\t%s\n' "$title" "$format" "$report" "$outcome" "$((SECONDS - began))" >>"$reports/steps.tsv"
}

doc_tests() { cargo test --doc "${HOST_CRATES[@]}" 2>&1 | tee "$reports/doc-tests.txt"; }

# end_to_end [WRAPPER…]: the browser tests, run by the wrapper.
end_to_end() {
  cargo leptos build --split || return
  local chromium
  if chromium=$(scripts/find-chromium.sh); then export CHROMIUM_PATH=$chromium; fi
  (cd end2end && "$@" npx playwright test)
}

scripts() {
  step 'Scripts' junit "$reports/scripts.xml" node --test --test-reporter=spec --test-reporter-destination=stdout \
    --test-reporter=junit --test-reporter-destination="$reports/scripts.xml" scripts/tests/*.test.mjs
}

rust() {
  step 'Rust tests on SQLite' junit "$NEXTEST/sqlite/junit.xml" \
    env -u TEST_DATABASE_URL -u TEST_REDIS_URL cargo nextest run --profile sqlite "${HOST_CRATES[@]}"
  step 'Rust tests on PostgreSQL' junit "$NEXTEST/postgres/junit.xml" \
    scripts/with-services.sh cargo nextest run --profile postgres "${HOST_CRATES[@]}"
  step 'Documentation tests' libtest "$reports/doc-tests.txt" doc_tests
}

# Clients that are generated from openapi.json, each with a server of its own.
clients() {
  step 'TypeScript client' junit "$reports/typescript.xml" scripts/clients.sh typescript "$reports/typescript.xml"
  step 'Python client' junit "$reports/python.xml" scripts/clients.sh python "$reports/python.xml"
  step 'Postman collection' junit "$reports/postman.xml" scripts/clients.sh postman "$reports/postman.xml"
  local role
  for role in participant organizer admin; do
    step "Generated requests, as $role" junit "$reports/$role.xml" scripts/clients.sh "$role" "$reports/$role.xml"
  done
}

# The fault tests start their own servers and kill them. FAULTS=long runs the long form.
faults() {
  step 'Fault tests' junit "$NEXTEST/faults/junit.xml" \
    env -u TEST_DATABASE_URL -u TEST_REDIS_URL cargo nextest run --profile faults "${HOST_CRATES[@]}"
}

e2e() { step 'Browser tests' playwright end2end/test-results/report.json end_to_end; }

cluster() {
  step 'Browser tests on a cluster' playwright end2end/test-results/report.json \
    end_to_end ../scripts/with-services.sh ./cluster.sh
}

weight() {
  step 'Weight of the site' checks "$reports/weight.json" \
    make --no-print-directory weight ARGS="--report=$reports/weight.json"
}

[ $# -gt 0 ] || set -- scripts rust clients faults e2e weight
rm -f end2end/test-results/report.json
for part in "$@"; do
  case $part in
    scripts | rust | clients | faults | e2e | cluster | weight) "$part" ;;
    *) echo "Unknown part '$part'. Use: scripts/test.sh [scripts] [rust] [clients] [faults] [e2e] [cluster] [weight]" >&2; exit 64 ;;
  esac
done

echo
node scripts/test-totals.mjs "$reports/steps.tsv" | tee "$reports/totals.txt"
