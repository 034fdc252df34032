//===- Generators.h - Random operations -------------------------*- C++ -*-===//
//
// Generators of test cases, one for each operation.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_TEST_CONVERSION_SPIQTOLINALG_RANDOM_GENERATORS_H
#define SPIQ_TEST_CONVERSION_SPIQTOLINALG_RANDOM_GENERATORS_H

#include "Random.h"

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"

namespace spiq::test {

/// A module with one function `main` and arguments for it.
class CaseBuilder {
public:
  explicit CaseBuilder(Random &random);

  /// Adds a parameter of `main` with a random value.
  mlir::Value argument(mlir::RankedTensorType type, bool isExtreme = false);
  /// A constant of `type`, which may be quantized.
  mlir::Value constant(mlir::RankedTensorType type,
                       const reference::Tensor &value);
  mlir::Value randomConstant(mlir::RankedTensorType type,
                             bool isExtreme = false);
  mlir::Value randomVector(int64_t size, double low, double high);
  /// Ends the function.
  void finish(mlir::Value result);

  mlir::OpBuilder builder;
  mlir::Location loc;
  Random &random;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  mlir::func::FuncOp function;
  llvm::SmallVector<reference::Tensor> arguments;
};

/// Fills `builder` with one random operation computed as `form` says.
using Generator = void (*)(CaseBuilder &builder, Form form);

void generateConv2D(CaseBuilder &builder, Form form);
void generateTransposedConv2D(CaseBuilder &builder, Form form);
void generateFullyConnected(CaseBuilder &builder, Form form);

void generateAdd(CaseBuilder &builder, Form form);
void generateMul(CaseBuilder &builder, Form form);
void generateClamp(CaseBuilder &builder, Form form);
void generateRescale(CaseBuilder &builder, Form form);
void generateActivation(CaseBuilder &builder, Form form);
void generateBatchNorm(CaseBuilder &builder, Form form);
void generateCasts(CaseBuilder &builder, Form form);

void generateConcat(CaseBuilder &builder, Form form);
void generateMaxPool2D(CaseBuilder &builder, Form form);
void generateAvgPool2D(CaseBuilder &builder, Form form);
void generateResize(CaseBuilder &builder, Form form);
void generatePad(CaseBuilder &builder, Form form);

} // namespace spiq::test

#endif // SPIQ_TEST_CONVERSION_SPIQTOLINALG_RANDOM_GENERATORS_H
