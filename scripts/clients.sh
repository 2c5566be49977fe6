#!/usr/bin/env bash
# Runs one client of the API against a temporary server, and writes its JUnit report.
#
#   scripts/clients.sh typescript|python|postman REPORT
#   scripts/clients.sh participant|organizer|admin REPORT [SCHEMATHESIS OPTION…]
#
# The first two are generated from openapi.json and make the main journey; the third is the collection of postman/. The
# others are requests that schemathesis generates from openapi.json, in the role of that name, with a fixed seed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly PACKAGES=$PWD/target/tools/api-clients
readonly CLIENTS=clients/node_modules/.bin
export PYTHONPATH=$PACKAGES:$PWD/clients/generated PYTHONDONTWRITEBYTECODE=1 PATH=$PACKAGES/bin:$PATH

typescript() {
  (cd clients && npm run --silent generate && npm run --silent compile)
  scripts/with-server.sh node --test --test-reporter=spec --test-reporter-destination=stdout \
    --test-reporter=junit --test-reporter-destination="$1" clients/journey.test.mjs
}

python() {
  openapi-python-client generate --path openapi.json --meta none --overwrite --fail-on-warning \
    --output-path clients/generated/mini_compete_client
  scripts/with-server.sh python3 -m pytest -p no:cacheprovider --quiet --junitxml="$1" clients/test_journey.py
}

postman() {
  # The address is known when the server runs.
  # shellcheck disable=SC2016
  scripts/with-server.sh bash -c '"$1" run postman/mini-compete.postman_collection.json \
    --environment postman/mini-compete.postman_environment.json --env-var "baseUrl=$MINI_COMPETE_URL" \
    --timeout-request 10000 --reporters cli,junit --reporter-junit-export "$2"' - "$CLIENTS/newman" "$1"
}

# generated EMAIL REPORT [OPTION…]
generated() {
  local email=$1 report=$2; shift 2
  scripts/with-server.sh node clients/fuzz.mjs "$email" "$report" "$@"
}

[ $# -ge 2 ] || { sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 64; }
client=$1; shift
case $client in
  typescript | python | postman) "$client" "$@" ;;
  participant | organizer) generated "${client}1@minicompete.com" "$@" ;;
  admin) generated admin@minicompete.com "$@" ;;
  *) echo "Unknown client '$client'." >&2; exit 64 ;;
esac
