//===- ExpandMath.cpp - spiq-expand-math ------------------------*- C++ -*-===//
//
// Computes elementary functions without a library.
//
//===----------------------------------------------------------------------===//

#include "spiq/CodeGen/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace spiq {
#define GEN_PASS_DEF_EXPANDMATH
#include "spiq/CodeGen/Passes.h.inc"
} // namespace spiq

using namespace mlir;

/// Functions that upstream approximates to about single precision.
static bool isApproximated(StringRef name) {
  return name == math::ExpOp::getOperationName() ||
         name == math::ExpM1Op::getOperationName() ||
         name == math::LogOp::getOperationName() ||
         name == math::Log1pOp::getOperationName() ||
         name == math::TanhOp::getOperationName() ||
         name == math::ErfOp::getOperationName();
}

namespace {
struct ExpandMathPass : public spiq::impl::ExpandMathBase<ExpandMathPass> {
  using ExpandMathBase::ExpandMathBase;

  LogicalResult initialize(MLIRContext *context) override {
    RewritePatternSet set(context);
    populateMathPolynomialApproximationPatterns(set, isApproximated);
    // Not every processor has a fused multiply-add.
    math::populateExpansionPatterns(set, {"fma"});
    patterns = FrozenRewritePatternSet(std::move(set));
    return success();
  }

  void runOnOperation() override {
    if (failed(applyPatternsGreedily(getOperation(), patterns)))
      signalPassFailure();
  }

  FrozenRewritePatternSet patterns;
};
} // namespace
