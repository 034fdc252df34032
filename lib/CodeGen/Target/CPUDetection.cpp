//===- CPUDetection.cpp - Asking the processor what it supports -----------===//
//
// Joins the answers for several targets.
//
//===----------------------------------------------------------------------===//

#include "CPUDetection.h"

using namespace llvm;

namespace spiq {

SmallVector<StringRef> getDetectedFeatures(const Target &target) {
  return target.getTriple().isX86() ? getX86Features(target)
                                    : getAArch64Features(target);
}

Function *createSupportedTargets(Module &module, ArrayRef<Target> targets) {
  assert(targets.size() < 32 && "one bit for each target");
  IRBuilder<> b(module.getContext());
  auto *function =
      Function::Create(FunctionType::get(b.getInt32Ty(), false),
                       Function::InternalLinkage, "spiq.targets", module);
  b.SetInsertPoint(BasicBlock::Create(b.getContext(), "", function));
  SmallVector<Value *> checks = targets.front().getTriple().isX86()
                                    ? emitX86Checks(b, targets)
                                    : emitAArch64Checks(b, targets);
  Value *result = b.getInt32(0);
  for (auto [index, supported] : enumerate(checks))
    result =
        b.CreateOr(result, b.CreateShl(b.CreateZExt(supported, b.getInt32Ty()),
                                       static_cast<uint64_t>(index)));
  b.CreateRet(result);
  return function;
}

} // namespace spiq
