//===- SPIQToCPU.cpp - Native kernels for quantized operations ------------===//
//
// The pass that schedules quantized operations as native kernels.
//
//===----------------------------------------------------------------------===//

#include "spiq/Conversion/SPIQToCPU/SPIQToCPU.h"

#include "Patterns.h"
#include "spiq/Conversion/SPIQToCPU/LayerSchedules.h"
#include "spiq/Dialect/CPU/IR/CPU.h"
#include "spiq/Dialect/SPIQ/IR/SPIQ.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace spiq {
#define GEN_PASS_DEF_CONVERTSPIQTOCPU
#include "spiq/Conversion/Passes.h.inc"
} // namespace spiq

using namespace mlir;
using namespace spiq;

namespace {
class ConvertSPIQToCPU
    : public spiq::impl::ConvertSPIQToCPUBase<ConvertSPIQToCPU> {
public:
  using ConvertSPIQToCPUBase::ConvertSPIQToCPUBase;

  void runOnOperation() override {
    FailureOr<MachineModel> found = MachineModel::get(
        isa, l1Bytes, [&] { return getOperation()->emitError(); });
    if (failed(found) || failed(verifySchedules(*found)))
      return signalPassFailure();
    const MachineModel &machine = *found;
    RewritePatternSet patterns(&getContext());
    populateConvolutionPatterns(patterns, machine);
    populateDepthwisePatterns(patterns, machine);
    populateTransposedConvolutionPatterns(patterns);
    populateQuantizePatterns(patterns, machine);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      return signalPassFailure();
    getOperation()->walk([&](Operation *op) {
      numKernels +=
          llvm::isa<cpu::Conv2DOp, cpu::DepthwiseConv2DOp, cpu::QuantizeOp>(op);
    });
  }

private:
  /// Reports attached schedules that do not fit their layers.
  LogicalResult verifySchedules(const MachineModel &machine) {
    WalkResult result = getOperation()->walk([&](Operation *op) {
      Attribute schedule = op->getAttr(kScheduleAttr);
      if (!schedule || !isScheduledLayer(op))
        return WalkResult::advance();
      return WalkResult(verifySchedule(op, schedule, machine, [&] {
        return op->emitOpError()
               << "has a '" << kScheduleAttr << "' that does not fit: ";
      }));
    });
    return failure(result.wasInterrupted());
  }
};
} // namespace
