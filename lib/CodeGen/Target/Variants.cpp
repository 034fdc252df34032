//===- Variants.cpp - One model for several instruction sets ----*- C++ -*-===//
//
// Links the modules of all variants and adds the functions that choose one.
//
//===----------------------------------------------------------------------===//

#include "spiq/CodeGen/Variants.h"

#include "CPUDetection.h"

#include "spiq/CodeGen/ModelABI.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/Linker/Linker.h"

using namespace llvm;

namespace spiq {

void sortBySpeed(std::vector<Target> &targets) {
  auto getRate = [](const Target &target) {
    const cpu::InstructionSetInfo &info = cpu::getInfo(target.getKernelISA());
    return info.dotsPerCycle * static_cast<double>(info.lanes);
  };
  std::vector<Target> sorted;
  for (Target &target : targets) {
    auto position =
        upper_bound(sorted, target, [&](const Target &a, const Target &b) {
          return getRate(a) < getRate(b);
        });
    sorted.insert(position, std::move(target));
  }
  targets = std::move(sorted);
}

bool needsDispatch(const Target &target) {
  return !getDetectedFeatures(target).empty();
}

namespace {
/// Adds the public functions to a module that holds those of all variants.
class Dispatcher {
public:
  Dispatcher(Module &module, ArrayRef<Target> targets, StringRef name)
      : module(module), name(name), targets(targets), b(module.getContext()),
        i32(b.getInt32Ty()), supported(createSupported()) {}

  /// Creates the function that stands for `variants`, one function for each
  /// target.
  void dispatch(StringRef functionName, ArrayRef<Function *> variants);
  /// Lets the descriptors of all variants list all of them.
  void listVariants(ArrayRef<Function *> infoFunctions);

private:
  Function *createSupported();
  Function *createFunction(StringRef functionName, FunctionType *type);
  /// Lets `variant` be called through its descriptor on any processor.
  void guard(Function *variant, unsigned index);
  void dispatchRun(StringRef functionName, ArrayRef<Function *> variants);
  void dispatchInfo(StringRef functionName, ArrayRef<Function *> variants);
  void returnLargest(StringRef functionName, ArrayRef<Function *> variants);
  /// The bits of the targets that the processor supports.
  Value *callSupported() { return b.CreateCall(supported); }

  Module &module;
  StringRef name;
  ArrayRef<Target> targets;
  IRBuilder<> b;
  Type *i32;
  Function *supported;
};
} // namespace

/// The only value that `function` returns.
static Value *getReturnValue(Function *function) {
  return cast<ReturnInst>(function->back().getTerminator())->getReturnValue();
}

Function *Dispatcher::createSupported() {
  Function *detect = createSupportedTargets(module, targets);
  auto *answer = new GlobalVariable(module, i32, /*isConstant=*/false,
                                    GlobalValue::InternalLinkage, b.getInt32(0),
                                    "spiq.supported");
  auto *function =
      Function::Create(FunctionType::get(i32, false), Function::InternalLinkage,
                       "spiq.get_supported", module);
  auto *entry = BasicBlock::Create(b.getContext(), "", function);
  auto *ask = BasicBlock::Create(b.getContext(), "ask", function);
  auto *done = BasicBlock::Create(b.getContext(), "done", function);
  b.SetInsertPoint(entry);
  LoadInst *known = b.CreateAlignedLoad(i32, answer, Align(4));
  known->setAtomic(AtomicOrdering::Monotonic);
  b.CreateCondBr(b.CreateIsNotNull(known), done, ask);
  // The topmost bit tells an answer from none.
  b.SetInsertPoint(ask);
  Value *found = b.CreateOr(b.CreateCall(detect), 1u << 31);
  StoreInst *store = b.CreateAlignedStore(found, answer, Align(4));
  store->setAtomic(AtomicOrdering::Monotonic);
  b.CreateBr(done);
  b.SetInsertPoint(done);
  PHINode *result = b.CreatePHI(i32, 2);
  result->addIncoming(known, entry);
  result->addIncoming(found, ask);
  b.CreateRet(result);
  return function;
}

Function *Dispatcher::createFunction(StringRef functionName,
                                     FunctionType *type) {
  auto *function = Function::Create(type, GlobalValue::ExternalLinkage,
                                    functionName, module);
  b.SetInsertPoint(BasicBlock::Create(b.getContext(), "", function));
  return function;
}

void Dispatcher::guard(Function *variant, unsigned index) {
  Function *guarded = createFunction((variant->getName() + ".guarded").str(),
                                     variant->getFunctionType());
  guarded->setLinkage(GlobalValue::InternalLinkage);
  variant->replaceAllUsesWith(guarded);
  auto *call = BasicBlock::Create(b.getContext(), "run", guarded);
  auto *fail = BasicBlock::Create(b.getContext(), "fail", guarded);
  b.CreateCondBr(b.CreateIsNotNull(b.CreateAnd(callSupported(), 1u << index)),
                 call, fail);
  b.SetInsertPoint(fail);
  b.CreateRet(b.getInt32(static_cast<uint32_t>(ABIStatus::CPU)));
  b.SetInsertPoint(call);
  SmallVector<Value *> arguments(make_pointer_range(guarded->args()));
  b.CreateRet(b.CreateCall(variant, arguments));
}

void Dispatcher::dispatchRun(StringRef functionName,
                             ArrayRef<Function *> variants) {
  for (auto [index, variant] : enumerate(variants))
    guard(variant, index);
  Function *function =
      createFunction(functionName, variants.front()->getFunctionType());
  SmallVector<Value *> arguments(make_pointer_range(function->args()));
  Value *bits = callSupported();
  for (unsigned index = variants.size(); index-- > 0;) {
    auto *call = BasicBlock::Create(b.getContext(), "run", function);
    auto *next = BasicBlock::Create(b.getContext(), "next", function);
    b.CreateCondBr(b.CreateIsNotNull(b.CreateAnd(bits, 1u << index)), call,
                   next);
    b.SetInsertPoint(call);
    b.CreateRet(b.CreateCall(variants[index], arguments));
    b.SetInsertPoint(next);
  }
  b.CreateRet(b.getInt32(static_cast<uint32_t>(ABIStatus::CPU)));
}

void Dispatcher::dispatchInfo(StringRef functionName,
                              ArrayRef<Function *> variants) {
  createFunction(functionName, variants.front()->getFunctionType());
  Value *bits = callSupported();
  Value *info = getReturnValue(variants.front());
  for (auto [index, variant] : drop_begin(enumerate(variants)))
    info = b.CreateSelect(b.CreateIsNotNull(b.CreateAnd(bits, 1u << index)),
                          getReturnValue(variant), info);
  b.CreateRet(info);
}

void Dispatcher::returnLargest(StringRef functionName,
                               ArrayRef<Function *> variants) {
  uint64_t largest = 0;
  for (Function *variant : variants)
    largest = std::max(
        largest, cast<ConstantInt>(getReturnValue(variant))->getZExtValue());
  createFunction(functionName, variants.front()->getFunctionType());
  b.CreateRet(b.getInt64(largest));
}

void Dispatcher::dispatch(StringRef functionName,
                          ArrayRef<Function *> variants) {
  Type *type = variants.front()->getReturnType();
  if (type->isIntegerTy(32))
    dispatchRun(functionName, variants);
  else if (type->isPointerTy())
    dispatchInfo(functionName, variants);
  else
    returnLargest(functionName, variants);
}

void Dispatcher::listVariants(ArrayRef<Function *> infoFunctions) {
  auto infos = map_to_vector(infoFunctions, [](Function *function) {
    return cast<Constant>(getReturnValue(function));
  });
  auto *type = ArrayType::get(b.getPtrTy(), infos.size());
  auto *list = new GlobalVariable(
      module, type, /*isConstant=*/true, GlobalValue::PrivateLinkage,
      ConstantArray::get(type, infos), name + ".variants");
  for (Constant *info : infos) {
    auto *global = cast<GlobalVariable>(info);
    auto *fields = cast<ConstantStruct>(global->getInitializer());
    SmallVector<Constant *> values;
    for (Use &field : fields->operands())
      values.push_back(cast<Constant>(field));
    // The last fields of spiq_model_info.
    values[values.size() - 2] = b.getInt64(infos.size());
    values.back() = list;
    global->setInitializer(ConstantStruct::get(fields->getType(), values));
  }
}

/// Renames the public functions of `module`, which would collide with those of
/// other variants, and says what may be shared with these.
static void prepare(Module &module, unsigned index) {
  for (Function &function : module)
    if (function.hasExternalLinkage() && !function.isDeclaration())
      function.setName(function.getName() + ".v" + Twine(index));
  // Equal weights become one.
  for (GlobalVariable &global : module.globals())
    if (global.isConstant() && global.hasLocalLinkage())
      global.setUnnamedAddr(GlobalValue::UnnamedAddr::Global);
}

std::unique_ptr<Module> joinVariants(std::vector<Variant> variants,
                                     StringRef name) {
  std::vector<std::string> names;
  for (Function &function : *variants.front().module)
    if (function.hasExternalLinkage() && !function.isDeclaration())
      names.push_back(function.getName().str());
  std::unique_ptr<Module> joined;
  std::vector<Target> targets;
  for (auto [index, variant] : enumerate(variants)) {
    prepare(*variant.module, index);
    targets.push_back(variant.target);
    if (!joined) {
      joined = std::move(variant.module);
      continue;
    }
    [[maybe_unused]] bool failed =
        Linker::linkModules(*joined, std::move(variant.module));
    assert(!failed && "variants define no public function twice");
  }

  Dispatcher dispatcher(*joined, targets, name);
  for (const std::string &functionName : names) {
    SmallVector<Function *> functions;
    for (unsigned index = 0; index < targets.size(); ++index) {
      Function *function =
          joined->getFunction(functionName + ".v" + utostr(index));
      function->setLinkage(GlobalValue::InternalLinkage);
      functions.push_back(function);
    }
    if (functionName == (name + "_info").str() && functions.size() > 1)
      dispatcher.listVariants(functions);
    dispatcher.dispatch(functionName, functions);
  }
  return joined;
}

} // namespace spiq
