//===- spiq-compile.cpp - Compiles networks to libraries --------*- C++ -*-===//
//
// The command line compiler: ONNX or MLIR in, library and C header out.
//
//===----------------------------------------------------------------------===//

#include "spiq/Driver/Driver.h"

int main(int argc, char **argv) { return spiq::compileMain(argc, argv); }
