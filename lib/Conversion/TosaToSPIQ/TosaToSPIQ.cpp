//===- TosaToSPIQ.cpp - Conversion of TOSA to SPIQ ------------------------===//
//
// Implements the pass: recognises idioms on TOSA, converts operations one by
// one, leaves the rest to upstream lowerings, and lists what nobody converts.
//
//===----------------------------------------------------------------------===//

#include "spiq/Conversion/TosaToSPIQ/TosaToSPIQ.h"

#include "Patterns.h"

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"

#include "mlir/Conversion/TosaToArith/TosaToArith.h"
#include "mlir/Conversion/TosaToLinalg/TosaToLinalg.h"
#include "mlir/Conversion/TosaToTensor/TosaToTensor.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/Dialect/Tosa/Transforms/Passes.h"
#include "mlir/IR/Iterators.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Transforms/DialectConversion.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;

namespace spiq {

#define GEN_PASS_DEF_CONVERTTOSATOSPIQ
#include "spiq/Conversion/Passes.h.inc"

void populateTosaToSPIQPatterns(RewritePatternSet &patterns) {
  tosa_import::populateElementwisePatterns(patterns);
  tosa_import::populateLayerPatterns(patterns);
  tosa_import::populateSpatialPatterns(patterns);
}

/// Checks that no operation of TOSA works on tensors of unknown size.
static LogicalResult verifyStaticShapes(Operation *root) {
  WalkResult result = root->walk([](Operation *op) {
    if (!isa_and_present<tosa::TosaDialect>(op->getDialect()))
      return WalkResult::advance();
    for (Type type : op->getResultTypes())
      if (auto shaped = dyn_cast<ShapedType>(type);
          shaped && (!shaped.hasRank() || !shaped.hasStaticShape())) {
        op->emitOpError() << "expects a result of static shape, got " << type
                          << "; give the network's inputs static shapes and "
                             "run tosa-infer-shapes";
        return WalkResult::interrupt();
      }
    return WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

static LogicalResult
rewriteGreedily(Operation *root,
                llvm::function_ref<void(RewritePatternSet &)> populate) {
  RewritePatternSet patterns(root->getContext());
  populate(patterns);
  GreedyRewriteConfig config;
  // Folding would turn TOSA's constants into other dialects' ones too early.
  config.enableFolding(false);
  return applyPatternsGreedily(root, std::move(patterns), config);
}

/// Removes operations of TOSA that nothing uses any more, shapes above all.
static void eraseDeadOps(Operation *root) {
  root->walk<WalkOrder::PostOrder, ReverseIterator>([](Operation *op) {
    if (isa_and_present<tosa::TosaDialect>(op->getDialect()) &&
        isOpTriviallyDead(op))
      op->erase();
  });
}

/// Emits one error that counts the operations that are left, by name.
static LogicalResult verifyAllConverted(Operation *root) {
  llvm::MapVector<OperationName, SmallVector<Operation *>> left;
  root->walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (!isa_and_present<tosa::TosaDialect>(op->getDialect()))
      return WalkResult::advance();
    left[op->getName()].push_back(op);
    return WalkResult::skip();
  });
  if (left.empty())
    return success();
  InFlightDiagnostic error = emitError(root->getLoc())
                             << "cannot convert these operations of TOSA: ";
  llvm::interleaveComma(left, error, [&](auto &entry) {
    error << "'" << entry.first << "' (" << entry.second.size() << "x)";
  });
  for (auto &[name, ops] : left)
    error.attachNote(ops.front()->getLoc()) << "first '" << name << "' is here";
  return failure();
}

static int64_t countSPIQOps(Operation *root) {
  int64_t count = 0;
  root->walk(
      [&](Operation *op) { count += isa<SPIQDialect>(op->getDialect()); });
  return count;
}

namespace {
struct ConvertTosaToSPIQ : impl::ConvertTosaToSPIQBase<ConvertTosaToSPIQ> {
  void runOnOperation() override {
    Operation *root = getOperation();
    if (failed(verifyStaticShapes(root)) || failed(recogniseIdioms(root)) ||
        failed(convert(root)))
      return signalPassFailure();
    eraseDeadOps(root);
    if (failed(verifyAllConverted(root)))
      return signalPassFailure();
    numConverted += countSPIQOps(root);
  }

private:
  LogicalResult recogniseIdioms(Operation *root) {
    using namespace tosa_import;
    if (failed(rewriteGreedily(root, [](RewritePatternSet &patterns) {
          populateConstantPatterns(patterns);
          populateBatchNormPatterns(patterns);
        })))
      return failure();
    root->walk([&](BatchNormOp) { ++numBatchNorms; });
    if (failed(rewriteGreedily(root, [](RewritePatternSet &patterns) {
          populateConstantPatterns(patterns);
          populateLayoutPatterns(patterns);
        })))
      return failure();
    return rewriteGreedily(root, populateIdiomPatterns);
  }

  LogicalResult convert(Operation *root) {
    TypeConverter converter;
    tosa::populateTosaTypeConversion(converter);
    RewritePatternSet patterns(&getContext());
    tosa::populateTosaToArithConversionPatterns(&patterns);
    tosa::populateTosaRescaleToArithConversionPatterns(&patterns);
    tosa::populateTosaToTensorConversionPatterns(converter, &patterns);
    tosa::populateTosaToLinalgConversionPatterns(converter, &patterns);
    tosa::populateTosaToLinalgNamedConversionPatterns(converter, &patterns, {});
    FrozenRewritePatternSet upstream(std::move(patterns));

    RewritePatternSet ours(&getContext());
    populateTosaToSPIQPatterns(ours);
    GreedyRewriteConfig config;
    config.enableFolding(false);
    if (failed(applyPatternsGreedily(root, std::move(ours), config)))
      return failure();

    // Operations of TOSA are converted if somebody can and reported later if
    // not; all others are fine.
    ConversionTarget target(getContext());
    target.markUnknownOpDynamicallyLegal(
        [](Operation *op) -> std::optional<bool> {
          if (isa_and_present<tosa::TosaDialect>(op->getDialect()))
            return std::nullopt;
          return true;
        });
    DenseSet<Operation *> unlegalized;
    ConversionConfig conversionConfig;
    conversionConfig.unlegalizedOps = &unlegalized;
    return applyPartialConversion(root, target, upstream, conversionConfig);
  }
};
} // namespace

} // namespace spiq
