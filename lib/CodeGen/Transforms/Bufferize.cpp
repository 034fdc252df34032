//===- Bufferize.cpp - spiq-bufferize ---------------------------*- C++ -*-===//
//
// One-Shot Bufferize with the conventions of the back end.
//
//===----------------------------------------------------------------------===//

#include "spiq/CodeGen/Passes.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Bufferization/Transforms/OneShotAnalysis.h"
#include "mlir/Dialect/Bufferization/Transforms/OneShotModuleBufferize.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace spiq {
#define GEN_PASS_DEF_BUFFERIZE
#include "spiq/CodeGen/Passes.h.inc"
} // namespace spiq

using namespace mlir;

/// Copies as linalg: `memref.copy` of strided buffers calls a run-time library.
static LogicalResult createCopy(OpBuilder &builder, Location loc, Value from,
                                Value to) {
  linalg::CopyOp::create(builder, loc, from, to);
  return success();
}

/// The caller's inputs must not be written.
static void protectArguments(ModuleOp module) {
  Builder builder(module.getContext());
  for (auto function : module.getOps<func::FuncOp>())
    if (function.isPublic())
      for (unsigned i = 0, e = function.getNumArguments(); i < e; ++i)
        function.setArgAttr(
            i, bufferization::BufferizationDialect::kWritableAttrName,
            builder.getBoolAttr(false));
}

/// Copies what is returned more than once: each result is to have a parameter.
static void separateResults(ModuleOp module) {
  module.walk([](func::ReturnOp op) {
    llvm::SmallPtrSet<Value, 4> seen;
    OpBuilder builder(op);
    for (OpOperand &result : op->getOpOperands()) {
      auto type = dyn_cast<RankedTensorType>(result.get().getType());
      if (type && !seen.insert(result.get()).second)
        result.set(bufferization::AllocTensorOp::create(
            builder, op.getLoc(), type, /*dynamicSizes=*/ValueRange(),
            /*copy=*/result.get()));
    }
  });
}

namespace {
struct BufferizePass : public spiq::impl::BufferizeBase<BufferizePass> {
  using BufferizeBase::BufferizeBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    protectArguments(module);
    separateResults(module);

    bufferization::OneShotBufferizationOptions options;
    options.bufferizeFunctionBoundaries = true;
    options.setFunctionBoundaryTypeConversion(
        bufferization::LayoutMapOption::IdentityLayoutMap);
    options.memCpyFn = createCopy;
    bufferization::BufferizationState state;
    if (failed(
            bufferization::runOneShotModuleBufferize(module, options, state)))
      return signalPassFailure();

    bufferization::BufferResultsToOutParamsOpts outParams;
    outParams.memCpyFn = createCopy;
    outParams.hoistStaticAllocs = true;
    outParams.modifyPublicFunctions = true;
    if (failed(
            bufferization::promoteBufferResultsToOutParams(module, outParams)))
      signalPassFailure();
  }
};
} // namespace
