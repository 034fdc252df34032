#!/bin/bash
# The main job on the bundled network: import, quantize without data, compile
# for this machine, evaluate. Prints accuracy, size and speed next to float.
#
#   scripts/quickstart.sh
#
# Environment: SPIQ_BUILD_DIR, another folder than build/.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${SPIQ_BUILD_DIR:-build}
example=examples/fashion_mnist
model=$example/mobilenetv2_small.onnx
out=$build/quickstart

scripts/build.sh

rm -rf "$out"
mkdir -p "$out"
compile() { # NAME OPTION...
  local name=$1
  shift
  echo "spiq-compile $model -o $out/$name/ $*"
  "$build/bin/spiq-compile" "$model" -o "$out/$name/" "$@"
}
echo
compile float --float
compile int8-per-tensor --scheme=per-tensor
compile int8-per-channel --scheme=per-channel

library() { echo "$1=$out/$1/libmobilenetv2_small.so"; }
echo
/usr/bin/python3 "$build/bin/spiq-eval" --manifest "$example/manifest.json" \
  --json "$out/results.json" \
  "$(library float)" "$(library int8-per-tensor)" "$(library int8-per-channel)"
echo
echo "Libraries and C headers: $out/{float,int8-per-tensor,int8-per-channel}/"
echo "All figures:             $out/results.json"
