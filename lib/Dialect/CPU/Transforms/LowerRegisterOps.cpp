//===- LowerRegisterOps.cpp - Instructions of the target ------------------===//
//
// Expands dot products and packs for an instruction set.
//
//===----------------------------------------------------------------------===//

#include "RegisterOps/RegisterOps.h"
#include "spiq/Dialect/CPU/Transforms/Passes.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace spiq::cpu {
#define GEN_PASS_DEF_LOWERREGISTEROPSPASS
#include "spiq/Dialect/CPU/Transforms/Passes.h.inc"
} // namespace spiq::cpu

using namespace mlir;
using namespace spiq::cpu;

namespace {
class LowerRegisterOps
    : public spiq::cpu::impl::LowerRegisterOpsPassBase<LowerRegisterOps> {
public:
  using LowerRegisterOpsPassBase::LowerRegisterOpsPassBase;

  void runOnOperation() override {
    const InstructionSetInfo *info = findInstructionSet(isa);
    if (!info) {
      getOperation()->emitError() << "unknown instruction set '" << isa
                                  << "'; expected " << getInstructionSetNames();
      return signalPassFailure();
    }
    RewritePatternSet patterns(&getContext());
    populateGenericRegisterOps(patterns);
    populateX86RegisterOps(patterns, info->isa);
    populateAArch64RegisterOps(patterns, info->isa);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
