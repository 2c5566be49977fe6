#!/bin/sh
# Makes the certificates of the tests' servers: an authority of its own, a server named localhost, and an authority that
# has signed nothing. The key guards nothing.
set -eu
cd "$(dirname "$0")"
scratch=$(mktemp -d)
trap 'rm -r "$scratch"' EXIT
new_key='-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'
# shellcheck disable=SC2086
openssl req -x509 $new_key -keyout "$scratch/authority.key" -out authority.pem -days 36500 \
  -subj '/CN=Test authority of Mini Compete' -addext 'basicConstraints=critical,CA:TRUE' \
  -addext 'keyUsage=critical,keyCertSign'
# shellcheck disable=SC2086
openssl req -x509 $new_key -keyout "$scratch/other-authority.key" -out other-authority.pem -days 36500 \
  -subj '/CN=Another authority' -addext 'basicConstraints=critical,CA:TRUE' -addext 'keyUsage=critical,keyCertSign'
# shellcheck disable=SC2086
openssl req -new $new_key -keyout server.key -out "$scratch/server.csr" -subj '/CN=localhost'
cat >"$scratch/extensions" <<'END'
subjectAltName=DNS:localhost,IP:127.0.0.1
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=serverAuth
END
openssl x509 -req -in "$scratch/server.csr" -CA authority.pem -CAkey "$scratch/authority.key" -CAserial "$scratch/serial" -CAcreateserial \
  -out server.pem -days 36400 -extfile "$scratch/extensions"
