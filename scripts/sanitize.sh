#!/bin/bash
# Builds SPIQ with sanitizers in build-sanitize/ and runs the tests with it.
#
#   scripts/sanitize.sh [FOLDER...]     folders below test/, default all
#
# Environment: SPIQ_SANITIZE, the sanitizers (default address,undefined);
# SPIQ_SHARED_DIR as for scripts/test.sh.
#
# LLVM's own libraries are not instrumented. Containers that they and SPIQ both
# write would be reported as overflowing, and the types of their objects are not
# known to the checks of virtual calls; both checks are off. So is the poisoning
# of arenas: what LLVM's headers poison here, its libraries never free for use.
# Tests that load or link SPIQ from programs without sanitizers are unsupported.
set -euo pipefail
cd "$(dirname "$0")/.."
build=build-sanitize

scripts/setup.sh --sanitizers

launcher=$(command -v ccache || true)
cmake -G Ninja -S . -B "$build" -DCMAKE_BUILD_TYPE=Release \
  -DCMAKE_C_COMPILER=clang-22 -DCMAKE_CXX_COMPILER=clang++-22 \
  -DCMAKE_C_COMPILER_LAUNCHER="$launcher" \
  -DCMAKE_CXX_COMPILER_LAUNCHER="$launcher" \
  -DCMAKE_CXX_FLAGS_RELEASE="-O1 -gline-tables-only -DNDEBUG" \
  -DCMAKE_EXE_LINKER_FLAGS=-fuse-ld=lld-22 \
  -DPython3_EXECUTABLE=/usr/bin/python3 \
  -DSPIQ_SANITIZE="${SPIQ_SANITIZE:-address,undefined}" > /dev/null
ninja -C "$build" all spiq-test-depends

export ASAN_OPTIONS=detect_leaks=0:detect_container_overflow=0:allow_user_poisoning=0
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
tests=("$build/test")
[ $# -gt 0 ] && tests=("${@/#/$build/test/}")
exec /usr/bin/python3 /usr/lib/llvm-22/bin/lit -sv "${tests[@]}"
