#!/usr/bin/env bash
# Prints the path of a Chromium or Chrome on this machine (CHROMIUM_PATH when it is set); fails when there is none.
set -euo pipefail

if [ -n "${CHROMIUM_PATH:-}" ]; then
  [ -x "$CHROMIUM_PATH" ] || { echo "CHROMIUM_PATH=$CHROMIUM_PATH is not an executable file." >&2; exit 1; }
  echo "$CHROMIUM_PATH"
  exit
fi
for name in chromium google-chrome google-chrome-stable; do
  if command -v "$name"; then exit; fi
done
exit 1
