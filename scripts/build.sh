#!/bin/bash
# Installs what is missing, then configures and builds SPIQ in build/.
#
#   scripts/build.sh [TARGET...]
#
# Environment: SPIQ_BUILD_DIR, another folder than build/.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${SPIQ_BUILD_DIR:-build}

scripts/setup.sh

echo "Building SPIQ in $build"
log=$build/configure.log
launcher=$(command -v ccache || true)
mkdir -p "$build"
if ! cmake -G Ninja -S . -B "$build" \
    -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_C_COMPILER=clang-22 -DCMAKE_CXX_COMPILER=clang++-22 \
    -DCMAKE_C_COMPILER_LAUNCHER="$launcher" \
    -DCMAKE_CXX_COMPILER_LAUNCHER="$launcher" \
    -DCMAKE_EXE_LINKER_FLAGS=-fuse-ld=lld-22 \
    -DCMAKE_SHARED_LINKER_FLAGS=-fuse-ld=lld-22 \
    -DCMAKE_MODULE_LINKER_FLAGS=-fuse-ld=lld-22 \
    -DPython3_EXECUTABLE=/usr/bin/python3 > "$log" 2>&1; then
  cat "$log" >&2
  exit 1
fi
ninja -C "$build" "$@"
