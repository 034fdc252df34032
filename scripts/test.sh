#!/bin/bash
# Builds SPIQ and runs all of its tests. Closes with one line,
# "N passed, N failed, N skipped", and fails if a test did.
#
#   scripts/test.sh [FOLDER...]     folders below test/, default all
#
# Environment: SPIQ_SHARED_DIR, a folder of public networks and images for the
# tests that want them, skipped otherwise; SPIQ_BUILD_DIR.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${SPIQ_BUILD_DIR:-build}

scripts/build.sh all spiq-test-depends

if [ -z "${SPIQ_SHARED_DIR:-}" ]; then
  echo "SPIQ_SHARED_DIR is not set: tests on public networks are skipped"
fi
results=$build/test/results.json
rm -f "$results"
tests=("$build/test")
[ $# -gt 0 ] && tests=("${@/#/$build/test/}")
/usr/bin/python3 /usr/lib/llvm-22/bin/lit -sv -o "$results" "${tests[@]}" || true
exec /usr/bin/python3 scripts/summarize_tests.py "$results"
