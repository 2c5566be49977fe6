#!/usr/bin/env bash
# Refuses what waits for time to pass: a test waits for what it wants to see (`html[data-hydrated]` among it).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

if grep -rnE 'waitForTimeout|setTimeout|setInterval|networkidle|timers/promises|\bsleep\b' tests support places --include='*.ts'; then
  echo 'These lines wait for a time, not for a result.' >&2
  exit 1
fi
