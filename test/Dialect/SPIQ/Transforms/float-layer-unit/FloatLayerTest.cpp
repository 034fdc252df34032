//===- FloatLayerTest.cpp - Layers on floats against plain loops ----------===//
//
// Compares layers computed by matrix products with the reference interpreter.
//
//===----------------------------------------------------------------------===//

#include "FloatLayer.h"

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"
#include "spiq/Reference/Interpreter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/FormatVariadic.h"

#include <cmath>
#include <cstdio>
#include <random>

using namespace mlir;
using namespace spiq;
using reference::Tensor;

static int numFailures = 0;

static Tensor getRandom(Value value, std::mt19937 &random) {
  Tensor tensor =
      Tensor::ofFloats(cast<RankedTensorType>(value.getType()).getShape());
  std::normal_distribution<float> normal;
  for (float &x : tensor.floats)
    x = normal(random);
  return tensor;
}

/// `layer` is the text of an operation on %x, %w and %b of the given types.
static void check(MLIRContext &context, llvm::StringRef layer,
                  llvm::StringRef input, llvm::StringRef weights,
                  llvm::StringRef bias, llvm::StringRef result) {
  std::string text =
      llvm::formatv("func.func @f(%x: {1}, %w: {2}, %b: {3}) -> {4} {{\n"
                    "  %y = {0} : ({1}, {2}, {3}) -> {4}\n"
                    "  return %y : {4}\n}",
                    layer, input, weights, bias, result);
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, &context);
  if (!module) {
    ++numFailures;
    return;
  }
  auto function = *module->getOps<func::FuncOp>().begin();
  std::mt19937 random(7);
  SmallVector<Tensor> arguments;
  for (BlockArgument argument : function.getArguments())
    arguments.push_back(getRandom(argument, random));
  auto op = cast<LinearOpInterface>(function.front().front());
  Tensor actual = accumulateFloats(op, arguments[0], arguments[1].floats,
                                   arguments[2].floats);
  auto expected = reference::evaluate(function, arguments);
  bool isEqual = succeeded(expected) &&
                 (*expected)[0].floats.size() == actual.floats.size();
  for (size_t i = 0; isEqual && i < actual.floats.size(); ++i)
    isEqual = std::abs(actual.floats[i] - (*expected)[0].floats[i]) <= 1e-4f;
  if (!isEqual) {
    std::printf("differs: %s\n", text.c_str());
    ++numFailures;
  }
}

int main() {
  MLIRContext context;
  context.loadDialect<SPIQDialect, quant::QuantDialect, func::FuncDialect,
                      arith::ArithDialect>();
  check(context, "spiq.conv_2d %x, %w, %b", "tensor<1x5x7x3xf32>",
        "tensor<4x1x1x3xf32>", "tensor<4xf32>", "tensor<1x5x7x4xf32>");
  check(context,
        "spiq.conv_2d %x, %w, %b {padding = array<i64: 1, 2, 0, 1>, strides = "
        "array<i64: 2, 1>, dilations = array<i64: 1, 2>}",
        "tensor<2x9x8x3xf32>", "tensor<4x3x2x3xf32>", "tensor<4xf32>",
        "tensor<2x5x7x4xf32>");
  check(context,
        "spiq.conv_2d %x, %w, %b {groups = 2 : i64, padding = array<i64: 1, 1, "
        "1, 1>}",
        "tensor<1x5x6x4xf32>", "tensor<6x3x3x2xf32>", "tensor<6xf32>",
        "tensor<1x5x6x6xf32>");
  check(context,
        "spiq.conv_2d %x, %w, %b {groups = 3 : i64, padding = array<i64: 1, 1, "
        "1, 1>, strides = array<i64: 2, 2>}",
        "tensor<1x6x6x3xf32>", "tensor<3x3x3x1xf32>", "tensor<3xf32>",
        "tensor<1x3x3x3xf32>");
  check(context, "spiq.conv_2d %x, %w, %b {groups = 3 : i64}",
        "tensor<1x6x6x3xf32>", "tensor<6x3x3x1xf32>", "tensor<6xf32>",
        "tensor<1x4x4x6xf32>");
  // More rows than one product takes.
  check(context, "spiq.conv_2d %x, %w, %b {padding = array<i64: 1, 1, 1, 1>}",
        "tensor<1x40x40x2xf32>", "tensor<3x3x3x2xf32>", "tensor<3xf32>",
        "tensor<1x40x40x3xf32>");
  check(context,
        "spiq.transposed_conv_2d %x, %w, %b {strides = array<i64: 2, 2>, "
        "padding = array<i64: 1, 1, 1, 1>}",
        "tensor<1x4x5x3xf32>", "tensor<2x4x4x3xf32>", "tensor<2xf32>",
        "tensor<1x8x10x2xf32>");
  check(context, "spiq.fully_connected %x, %w, %b", "tensor<2x5xf32>",
        "tensor<3x5xf32>", "tensor<3xf32>", "tensor<2x3xf32>");
  if (numFailures == 0)
    std::printf("all checks passed\n");
  return numFailures != 0;
}
