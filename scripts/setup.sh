#!/bin/bash
# Installs the Debian 12 packages SPIQ needs, those that are missing only.
#
#   scripts/setup.sh [--train] [--benchmarks] [--sanitizers]
#
#   --train       also what examples/fashion_mnist needs to train its network
#   --benchmarks  also the peers that benchmarks/ compares with
#   --sanitizers  also what scripts/sanitize.sh links
set -euo pipefail

packages=(
  # The compiler and the libraries it is made of.
  libmlir-22-dev mlir-22-tools llvm-22-dev llvm-22-tools clang-22 lld-22
  libonnx-dev libprotobuf-dev protobuf-compiler libeigen3-dev
  # Build and development tools.
  cmake ninja-build ccache clang-format-22 clang-tidy-22 g++
  # The Python module, spiq-eval and the tests.
  python3 python3-numpy python3-pil python3-tqdm python3-onnx python3-matplotlib
  # AArch64 libraries, linked and run on this machine.
  gcc-aarch64-linux-gnu g++-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user
)

for argument in "$@"; do
  case "$argument" in
    --train) packages+=(python3-torch dataset-fashion-mnist) ;;
    --benchmarks)
      packages+=(libdnnl-dev python3-torchvision)
      # Node.js from elsewhere brings npm along and conflicts with Debian's.
      command -v npm > /dev/null || packages+=(npm)
      ;;
    --sanitizers) packages+=(libclang-rt-22-dev) ;;
    -h | --help) sed -n '2,8s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "setup.sh: error: unknown option '$argument'" >&2; exit 2 ;;
  esac
done

if ! command -v apt-get > /dev/null || ! command -v dpkg-query > /dev/null; then
  echo "setup.sh: error: apt-get not found; on a system other than Debian" \
       "install the equivalents of: ${packages[*]}" >&2
  exit 1
fi

installed=$(dpkg-query -W -f '${Status} ${Package}\n' 2> /dev/null |
            sed -n 's/^install ok installed //p') || true
missing=()
for package in "${packages[@]}"; do
  grep -qxF "$package" <<< "$installed" || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo > /dev/null; then
    echo "setup.sh: error: run as root, or install: ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi

echo "Installing ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq "$@" \
    > "$log" 2>&1 < /dev/null
}
if ! { apt update && apt install -y --no-install-recommends "${missing[@]}"; }; then
  cat "$log" >&2
  echo "setup.sh: error: apt-get could not install ${missing[*]}" >&2
  exit 1
fi
