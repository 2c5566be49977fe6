#!/usr/bin/env bash
# Fails on code that waits for a time: a test waits for the result it expects, like `html[data-hydrated]`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

if grep -rnE 'waitForTimeout|setTimeout|setInterval|networkidle|timers/promises|\bsleep\b' tests support pages --include='*.ts'; then
  echo 'These lines wait for a time, not for a result.' >&2
  exit 1
fi
