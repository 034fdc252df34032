#!/bin/bash
# Runs clang-tidy-22 over the C++ sources with the checks of .clang-tidy.
#
#   scripts/tidy.sh [FILE...]     default: everything in lib/ and tools/
#
# Environment: SPIQ_BUILD_DIR, a configured and built folder (default build).
set -euo pipefail
cd "$(dirname "$0")/.."
build=${SPIQ_BUILD_DIR:-build}

if [ ! -f "$build/compile_commands.json" ]; then
  echo "tidy.sh: error: $build/compile_commands.json not found; run" \
       "scripts/build.sh first" >&2
  exit 1
fi
files=("$@")
[ $# -gt 0 ] || mapfile -t files < <(find lib tools -name '*.cpp' | sort)
exec run-clang-tidy-22 -quiet -warnings-as-errors='*' -p "$build" "${files[@]}"
