// A project outside of the tree finds an installed SPIQ and builds a tool on it;
// installed tools and the installed plugin run.

// RUN: rm -rf %t && mkdir %t
// RUN: %cmake --install %spiq_obj --prefix %t/install > %t/install.log
// RUN: %cmake -G Ninja -S %S/Inputs/outside -B %t/build \
// RUN:   -DSPIQ_DIR=%t/install/lib/cmake/SPIQ -DCMAKE_CXX_COMPILER=%host_cxx \
// RUN:   -DCMAKE_C_COMPILER=%host_cc -DCMAKE_EXE_LINKER_FLAGS="%linker_flags" \
// RUN:   > %t/configure.log
// RUN: %cmake --build %t/build > %t/build.log
// RUN: %t/build/count-layers %s | FileCheck %s

// RUN: %t/install/bin/spiq-opt %s --canonicalize \
// RUN:   | FileCheck %s --check-prefix=OPT
// RUN: mlir-opt --load-dialect-plugin=%t/install/lib/SPIQPlugin.so %s \
// RUN:   --canonicalize | FileCheck %s --check-prefix=OPT

// Another project's files find neither the source nor the build tree.
// RUN: not grep -rE '(^|[" ;=])(%spiq_src|%spiq_obj)([/" ;]|$)' \
// RUN:   %t/install/lib/cmake/SPIQ

// A version that is not there is not found.
// RUN: sed "s/SPIQ 0.1/SPIQ 99.0/" %S/Inputs/outside/CMakeLists.txt \
// RUN:   > %t/CMakeLists.txt
// RUN: not %cmake -G Ninja -S %t -B %t/other \
// RUN:   -DSPIQ_DIR=%t/install/lib/cmake/SPIQ -DCMAKE_CXX_COMPILER=%host_cxx \
// RUN:   -DCMAKE_C_COMPILER=%host_cc 2>&1 | FileCheck %s --check-prefix=VERSION

// CHECK: 1 layers in 1 operations
// OPT: spiq.conv_2d %arg0, %arg1, %arg2 {padding = array<i64: 1, 1, 1, 1>}
// VERSION: SPIQConfig.cmake, version: 0.1

func.func @f(%x: tensor<1x8x8x2xf32>, %w: tensor<4x3x3x2xf32>,
             %b: tensor<4xf32>) -> tensor<1x8x8x4xf32> {
  %0 = spiq.pad %x {low = array<i64: 0, 1, 1, 0>, high = array<i64: 0, 1, 1, 0>}
    : (tensor<1x8x8x2xf32>) -> tensor<1x10x10x2xf32>
  %1 = spiq.conv_2d %0, %w, %b
    : (tensor<1x10x10x2xf32>, tensor<4x3x3x2xf32>, tensor<4xf32>)
      -> tensor<1x8x8x4xf32>
  return %1 : tensor<1x8x8x4xf32>
}
