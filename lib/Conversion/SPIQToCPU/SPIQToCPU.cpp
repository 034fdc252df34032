//===- SPIQToCPU.cpp - Native kernels for quantized operations ------------===//
//
// The pass that schedules quantized operations as native kernels.
//
//===----------------------------------------------------------------------===//

#include "spiq/Conversion/SPIQToCPU/SPIQToCPU.h"

#include "Patterns.h"
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
    const cpu::InstructionSetInfo *info = cpu::findInstructionSet(isa);
    if (!info) {
      getOperation()->emitError()
          << "unknown instruction set '" << isa << "'; expected "
          << cpu::getInstructionSetNames();
      return signalPassFailure();
    }
    if (l1Bytes < 1024) {
      getOperation()->emitError()
          << "expects 'l1-bytes' of at least 1024, got " << l1Bytes.getValue();
      return signalPassFailure();
    }
    MachineModel machine(*info);
    machine.l1Bytes = l1Bytes;
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
};
} // namespace
