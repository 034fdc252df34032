//===- EmitCInterface.cpp - spiq-emit-c-interface ---------------*- C++ -*-===//
//
// Adds run function, size function and descriptor to a lowered model.
//
//===----------------------------------------------------------------------===//

#include "GlobalBuilder.h"

#include "spiq/CodeGen/ModelABI.h"
#include "spiq/CodeGen/Parallelism.h"
#include "spiq/CodeGen/Passes.h"
#include "spiq/CodeGen/Signature.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "llvm/ADT/StringExtras.h"

namespace spiq {
#define GEN_PASS_DEF_EMITCINTERFACE
#include "spiq/CodeGen/Passes.h.inc"
} // namespace spiq

using namespace mlir;
using namespace spiq;

/// Whether `name` may start the names of C functions.
static bool isCIdentifier(StringRef name) {
  return !name.empty() && !llvm::isDigit(name.front()) &&
         llvm::all_of(name,
                      [](char c) { return llvm::isAlnum(c) || c == '_'; });
}

namespace {
/// Adds the interface of one model to a module.
class InterfaceEmitter {
public:
  InterfaceEmitter(LLVM::LLVMFuncOp entry, LLVM::LLVMFuncOp parallelEntry,
                   ModelSignature signature, StringRef name, StringRef target)
      : builder(entry.getLoc(), entry.getContext()), globals(builder),
        entry(entry), parallelEntry(parallelEntry),
        signature(std::move(signature)), name(name), target(target),
        pointerType(LLVM::LLVMPointerType::get(entry.getContext())),
        statusType(builder.getI32Type()) {
    builder.setInsertionPointToEnd(entry->getBlock());
    if (auto bytes = entry->getAttrOfType<IntegerAttr>(kWorkspaceBytesAttr))
      workspaceBytes = bytes.getInt();
  }

  LogicalResult emit(bool exportModel) {
    if (failed(describe(signature.inputs, inputs)) ||
        failed(describe(signature.outputs, outputs)))
      return failure();
    LLVM::LLVMFuncOp run = emitRun(name + "_run", entry);
    LLVM::LLVMFuncOp runParallel =
        parallelEntry ? emitRun(name + "_run_parallel", parallelEntry)
                      : nullptr;
    LLVM::GlobalOp info = emitInfo(run, runParallel);
    emitGetter(name + "_workspace_size", builder.getI64Type(),
               [&] { return globals.integer(64, workspaceBytes); });
    emitGetter(name + "_info", pointerType,
               [&] { return globals.addressOf(info); });
    if (exportModel)
      emitGetter("spiq_model", pointerType,
                 [&] { return globals.addressOf(info); });
    return success();
  }

private:
  LogicalResult describe(ArrayRef<TensorSignature> tensors,
                         SmallVector<ABITensor> &result) {
    for (const TensorSignature &tensor : tensors) {
      std::optional<ABITensor> abi = getABITensor(tensor.type);
      if (!abi)
        return entry.emitOpError("tensor '")
               << tensor.name << "' of type " << tensor.type
               << " cannot cross the C interface";
      result.push_back(std::move(*abi));
    }
    return success();
  }

  template <typename BuildFn>
  void emitGetter(const Twine &functionName, Type type, BuildFn build) {
    auto function = LLVM::LLVMFuncOp::create(
        builder, functionName.str(), LLVM::LLVMFunctionType::get(type, {}));
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(function.addEntryBlock(builder));
    LLVM::ReturnOp::create(builder, build());
  }

  //===--- Run function ---------------------------------------------------===//

  Value isNull(Value pointer) {
    return LLVM::ICmpOp::create(
        builder, LLVM::ICmpPredicate::eq, pointer,
        LLVM::ZeroOp::create(builder, pointerType).getResult());
  }

  Value isMisaligned(Value pointer, uint64_t alignment) {
    Value address =
        LLVM::PtrToIntOp::create(builder, builder.getI64Type(), pointer);
    Value rest = LLVM::AndOp::create(builder, address,
                                     globals.integer(64, alignment - 1));
    return LLVM::ICmpOp::create(builder, LLVM::ICmpPredicate::ne, rest,
                                globals.integer(64, 0));
  }

  Value any(ArrayRef<Value> conditions) {
    Value result = globals.integer(1, 0);
    for (Value condition : conditions)
      result = LLVM::OrOp::create(builder, result, condition);
    return result;
  }

  /// Branches to a block that returns `status` if any condition holds, and
  /// continues in a new block otherwise.
  void failIf(ArrayRef<Value> conditions, ABIStatus status) {
    Value condition = any(conditions);
    Block *check = builder.getInsertionBlock();
    Region *region = check->getParent();
    auto *error = new Block();
    auto *next = new Block();
    region->push_back(error);
    region->push_back(next);
    LLVM::CondBrOp::create(builder, condition, error, next);
    builder.setInsertionPointToStart(error);
    LLVM::ReturnOp::create(builder,
                           globals.integer(32, static_cast<int32_t>(status)));
    builder.setInsertionPointToStart(next);
  }

  void loadPointers(Value array, size_t count, SmallVector<Value> &pointers) {
    for (size_t i = 0; i < count; ++i) {
      Value address =
          LLVM::GEPOp::create(builder, pointerType, pointerType, array,
                              ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(i)});
      pointers.push_back(LLVM::LoadOp::create(builder, pointerType, address));
    }
  }

  /// Emits a function that checks its pointers and calls `callee`. The one that
  /// calls the parallel entry function also takes the caller's parallel loop.
  LLVM::LLVMFuncOp emitRun(const Twine &functionName, LLVM::LLVMFuncOp callee) {
    bool isParallel = callee == parallelEntry;
    SmallVector<Type> types(isParallel ? 4 : 3, pointerType);
    auto function = LLVM::LLVMFuncOp::create(
        builder, functionName.str(),
        LLVM::LLVMFunctionType::get(statusType, types));
    OpBuilder::InsertionGuard guard(builder);
    Block *block = function.addEntryBlock(builder);
    builder.setInsertionPointToStart(block);
    Value workspace = block->getArgument(2);

    SmallVector<Value> conditions;
    if (!inputs.empty())
      conditions.push_back(isNull(block->getArgument(0)));
    if (!outputs.empty())
      conditions.push_back(isNull(block->getArgument(1)));
    if (workspaceBytes != 0)
      conditions.push_back(isNull(workspace));
    if (isParallel)
      conditions.push_back(isNull(block->getArgument(3)));
    failIf(conditions, ABIStatus::Null);

    SmallVector<Value> pointers;
    if (isParallel) // the callback, first in its structure
      loadPointers(block->getArgument(3), 1, pointers);
    loadPointers(block->getArgument(0), inputs.size(), pointers);
    loadPointers(block->getArgument(1), outputs.size(), pointers);
    failIf(llvm::map_to_vector(pointers, [&](Value p) { return isNull(p); }),
           ABIStatus::Null);
    if (isParallel)
      pointers.erase(pointers.begin());

    conditions.assign(1, isMisaligned(workspace, kWorkspaceAlignment));
    for (auto [pointer, tensor] :
         llvm::zip_equal(pointers, llvm::concat<ABITensor>(inputs, outputs)))
      if (tensor.elementBytes > 1)
        conditions.push_back(isMisaligned(pointer, tensor.elementBytes));
    failIf(conditions, ABIStatus::Alignment);

    pointers.push_back(workspace);
    if (isParallel)
      pointers.push_back(block->getArgument(3));
    LLVM::CallOp::create(builder, callee, pointers);
    LLVM::ReturnOp::create(
        builder, globals.integer(32, static_cast<int32_t>(ABIStatus::OK)));
    return function;
  }

  //===--- Descriptor -----------------------------------------------------===//

  /// Emits the array of `spiq_tensor_info` for `tensors`; null if empty.
  LLVM::GlobalOp emitTensors(ArrayRef<TensorSignature> tensors,
                             ArrayRef<ABITensor> abis, StringRef kind) {
    SmallVector<GlobalBuilder::Fields> structs;
    for (auto [index, tensor] : llvm::enumerate(tensors)) {
      const ABITensor &abi = abis[index];
      std::string base = (name + "." + kind + Twine(index)).str();
      structs.push_back({
          globals.createString(base + ".name", tensor.name),
          {32, static_cast<int32_t>(abi.type)},
          {32, static_cast<int64_t>(abi.shape.size())},
          globals.createArray<int64_t>(base + ".shape", abi.shape),
          {64, static_cast<int64_t>(abi.bytes)},
          {32, abi.quantizedAxis},
          {32, static_cast<int64_t>(abi.scales.size())},
          globals.createArray<float>(base + ".scales", abi.scales),
          globals.createArray<int32_t>(base + ".zero_points", abi.zeroPoints),
      });
    }
    return globals.createStructs(name + "." + kind + "s", structs);
  }

  /// Emits the `spiq_step_info` of a step of `spiq.profile`.
  GlobalBuilder::Fields emitStep(DictionaryAttr step, const Twine &prefix) {
    std::string base = prefix.str();
    auto text = [&](StringRef key) {
      return globals.createString(base + "." + key,
                                  step.getAs<StringAttr>(key).getValue());
    };
    auto number = [&](StringRef key) {
      return step.getAs<IntegerAttr>(key).getInt();
    };
    auto shape = step.getAs<DenseI64ArrayAttr>("shape").asArrayRef();
    bool isInteger = step.getAs<BoolAttr>("integer").getValue();
    return {text("nodes"),
            text("op"),
            text("form"),
            globals.createArray<int64_t>(base + ".shape", shape),
            {32, static_cast<int64_t>(shape.size())},
            {32, static_cast<int32_t>(isInteger ? ABIType::I8 : ABIType::F32)},
            {64, number("macs")},
            {64, number("bytes")}};
  }

  /// Emits the `spiq_profile_info` that `spiq.profile` describes; null without
  /// that attribute.
  LLVM::GlobalOp emitProfile() {
    auto profile =
        entry->getParentOp()->getAttrOfType<DictionaryAttr>(kProfileAttr);
    if (!profile)
      return nullptr;
    SmallVector<GlobalBuilder::Fields> steps;
    for (auto step :
         profile.getAs<ArrayAttr>("steps").getAsRange<DictionaryAttr>())
      steps.push_back(emitStep(step, name + ".step" + Twine(steps.size())));
    LLVM::GlobalOp isa = globals.createString(
        name + ".isa", profile.getAs<StringAttr>("isa").getValue());
    LLVM::GlobalOp array = globals.createStructs(name + ".steps", steps);
    return globals.createStruct(
        name + ".profile", {isa,
                            {64, profile.getAs<IntegerAttr>("offset").getInt()},
                            {64, static_cast<int64_t>(steps.size())},
                            array});
  }

  LLVM::GlobalOp emitInfo(LLVM::LLVMFuncOp run, LLVM::LLVMFuncOp runParallel) {
    LLVM::GlobalOp inputInfo = emitTensors(signature.inputs, inputs, "input");
    LLVM::GlobalOp outputInfo =
        emitTensors(signature.outputs, outputs, "output");
    LLVM::GlobalOp profile = emitProfile();
    LLVM::GlobalOp nameText = globals.createString(name + ".name", name);
    LLVM::GlobalOp targetText = globals.createString(name + ".target", target);
    return globals.createStruct(name + ".info",
                                {{32, kModelABIVersion},
                                 {32, static_cast<int64_t>(inputs.size())},
                                 {32, static_cast<int64_t>(outputs.size())},
                                 nameText,
                                 targetText,
                                 inputInfo,
                                 outputInfo,
                                 {64, static_cast<int64_t>(workspaceBytes)},
                                 {64, kWorkspaceAlignment},
                                 run,
                                 runParallel,
                                 profile,
                                 {64, 0},
                                 LLVM::GlobalOp()});
  }

  ImplicitLocOpBuilder builder;
  GlobalBuilder globals;
  LLVM::LLVMFuncOp entry, parallelEntry;
  ModelSignature signature;
  StringRef name, target;
  Type pointerType, statusType;
  uint64_t workspaceBytes = 0;
  SmallVector<ABITensor> inputs, outputs;
};

struct EmitCInterfacePass
    : public spiq::impl::EmitCInterfaceBase<EmitCInterfacePass> {
  using EmitCInterfaceBase::EmitCInterfaceBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (!isCIdentifier(name)) {
      module.emitError("spiq-emit-c-interface: the model name '")
          << name << "' is not a C identifier";
      return signalPassFailure();
    }
    SmallVector<LLVM::LLVMFuncOp> functions(module.getOps<LLVM::LLVMFuncOp>());
    FailureOr<FunctionOpInterface> function = findEntryFunction(module);
    if (failed(function))
      return signalPassFailure();
    auto entry = dyn_cast<LLVM::LLVMFuncOp>(function->getOperation());
    FailureOr<ModelSignature> signature =
        ModelSignature::get(function->getOperation());
    if (!entry || failed(signature)) {
      (*function)->emitOpError(
          "cannot get a C interface: expected an llvm.func with a "
          "spiq.signature; run spiq-record-signature before lowering");
      return signalPassFailure();
    }
    size_t expected = signature->inputs.size() + signature->outputs.size() + 1;
    if (entry.getNumArguments() != expected) {
      entry.emitOpError("has ")
          << entry.getNumArguments() << " parameters, but its signature and "
          << "the workspace ask for " << expected;
      return signalPassFailure();
    }
    LLVM::LLVMFuncOp parallelEntry;
    for (LLVM::LLVMFuncOp candidate : functions)
      if (candidate->hasAttr(kParallelEntryAttr))
        parallelEntry = candidate;
    if (failed(InterfaceEmitter(entry, parallelEntry, *signature, name, target)
                   .emit(exportModel)))
      return signalPassFailure();
    internalize(module, entry, functions);
  }

  /// Leaves only the interface visible, moves what the header is written from
  /// to the module and removes attributes that mean nothing to LLVM.
  void internalize(ModuleOp module, LLVM::LLVMFuncOp entry,
                   ArrayRef<LLVM::LLVMFuncOp> functions) {
    std::string internalName = "spiq.entry";
    if (failed(SymbolTable::replaceAllSymbolUses(
            entry, StringAttr::get(&getContext(), internalName), module)))
      return signalPassFailure();
    entry.setSymName(internalName);
    for (LLVM::LLVMFuncOp function : functions)
      if (!function.isExternal())
        function.setLinkage(LLVM::Linkage::Internal);
    for (StringRef attr : {kSignatureAttr, kWorkspaceBytesAttr})
      if (Attribute value = entry->removeAttr(attr))
        module->setAttr(attr, value);
    for (LLVM::LLVMFuncOp function : functions)
      function->removeAttr(kParallelEntryAttr);
    for (auto function : module.getOps<LLVM::LLVMFuncOp>())
      for (unsigned i = 0, e = function.getNumArguments(); i < e; ++i)
        for (NamedAttribute attr :
             llvm::to_vector(function_interface_impl::getArgAttrs(function, i)))
          if (!attr.getName().getValue().starts_with("llvm."))
            function.removeArgAttr(i, attr.getName());
  }
};
} // namespace
