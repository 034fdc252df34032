//===- EmitCInterface.cpp - spiq-emit-c-interface ---------------*- C++ -*-===//
//
// Adds run function, size function and descriptor to a lowered model.
//
//===----------------------------------------------------------------------===//

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
/// Builds constant globals.
class GlobalBuilder {
public:
  explicit GlobalBuilder(ImplicitLocOpBuilder &builder)
      : builder(builder),
        pointerType(LLVM::LLVMPointerType::get(builder.getContext())) {}

  LLVM::GlobalOp createString(StringRef name, StringRef text) {
    std::string terminated = text.str();
    terminated.push_back('\0');
    auto type =
        LLVM::LLVMArrayType::get(builder.getI8Type(), terminated.size());
    return LLVM::GlobalOp::create(builder, type, /*isConstant=*/true,
                                  LLVM::Linkage::Private, name,
                                  builder.getStringAttr(terminated));
  }

  template <typename T>
  LLVM::GlobalOp createArray(StringRef name, ArrayRef<T> values) {
    Type element;
    if constexpr (std::is_same_v<T, float>)
      element = builder.getF32Type();
    else
      element = builder.getIntegerType(sizeof(T) * 8);
    auto type = LLVM::LLVMArrayType::get(element, values.size());
    auto shaped =
        RankedTensorType::get({static_cast<int64_t>(values.size())}, element);
    return LLVM::GlobalOp::create(builder, type, /*isConstant=*/true,
                                  LLVM::Linkage::Private, name,
                                  DenseElementsAttr::get(shaped, values));
  }

  /// Creates a constant of `type`, whose value `build` computes.
  LLVM::GlobalOp createComputed(StringRef name, Type type,
                                llvm::function_ref<Value()> build) {
    auto global =
        LLVM::GlobalOp::create(builder, type, /*isConstant=*/true,
                               LLVM::Linkage::Private, name, Attribute());
    OpBuilder::InsertionGuard guard(builder);
    builder.createBlock(&global.getInitializerRegion());
    LLVM::ReturnOp::create(builder, build());
    return global;
  }

  /// Address of `global`, or a null pointer.
  Value addressOf(LLVM::GlobalOp global) {
    if (global)
      return LLVM::AddressOfOp::create(builder, global);
    return LLVM::ZeroOp::create(builder, pointerType);
  }

  Value insert(Value aggregate, Value value, ArrayRef<int64_t> position) {
    return LLVM::InsertValueOp::create(builder, aggregate, value, position);
  }

  Value integer(unsigned bits, int64_t value) {
    Type type = builder.getIntegerType(bits);
    return LLVM::ConstantOp::create(builder, type,
                                    builder.getIntegerAttr(type, value));
  }

  ImplicitLocOpBuilder &builder;
  LLVM::LLVMPointerType pointerType;
};

/// Globals that the descriptor of a tensor points to.
struct TensorGlobals {
  ABITensor abi;
  LLVM::GlobalOp name, shape, scales, zeroPoints;
};

/// Adds the interface of one model to a module.
class InterfaceEmitter {
public:
  InterfaceEmitter(LLVM::LLVMFuncOp entry, LLVM::LLVMFuncOp parallelEntry,
                   ModelSignature signature, StringRef name, StringRef target)
      : builder(entry.getLoc(), entry.getContext()), globals(builder),
        entry(entry), parallelEntry(parallelEntry),
        signature(std::move(signature)), name(name), target(target),
        pointerType(globals.pointerType), statusType(builder.getI32Type()) {
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

  TensorGlobals emitTensorGlobals(const TensorSignature &tensor,
                                  const ABITensor &abi, const Twine &prefix) {
    TensorGlobals result;
    result.abi = abi;
    std::string base = prefix.str();
    result.name = globals.createString(base + ".name", tensor.name);
    if (!abi.shape.empty())
      result.shape = globals.createArray<int64_t>(base + ".shape", abi.shape);
    if (!abi.scales.empty()) {
      result.scales = globals.createArray<float>(base + ".scales", abi.scales);
      result.zeroPoints =
          globals.createArray<int32_t>(base + ".zero_points", abi.zeroPoints);
    }
    return result;
  }

  /// Emits the array of `spiq_tensor_info` for `tensors`; null if empty.
  LLVM::GlobalOp emitTensors(ArrayRef<TensorSignature> tensors,
                             ArrayRef<ABITensor> abis, StringRef kind) {
    if (tensors.empty())
      return nullptr;
    SmallVector<TensorGlobals> parts;
    for (auto [index, tensor] : llvm::enumerate(tensors))
      parts.push_back(emitTensorGlobals(tensor, abis[index],
                                        name + "." + kind + Twine(index)));
    Type i32 = builder.getI32Type(), i64 = builder.getI64Type();
    auto infoType = LLVM::LLVMStructType::getLiteral(
        builder.getContext(), {pointerType, i32, i32, pointerType, i64, i32,
                               i32, pointerType, pointerType});
    auto arrayType = LLVM::LLVMArrayType::get(infoType, parts.size());
    return globals.createComputed(
        (name + "." + kind + "s").str(), arrayType, [&] {
          Value array = LLVM::UndefOp::create(builder, arrayType);
          for (auto [index, part] : llvm::enumerate(parts)) {
            const ABITensor &abi = part.abi;
            Value fields[] = {
                globals.addressOf(part.name),
                globals.integer(32, static_cast<int32_t>(abi.type)),
                globals.integer(32, abi.shape.size()),
                globals.addressOf(part.shape),
                globals.integer(64, abi.bytes),
                globals.integer(32, abi.quantizedAxis),
                globals.integer(32, abi.scales.size()),
                globals.addressOf(part.scales),
                globals.addressOf(part.zeroPoints)};
            for (auto [field, value] : llvm::enumerate(fields))
              array = globals.insert(
                  array, value,
                  {static_cast<int64_t>(index), static_cast<int64_t>(field)});
          }
          return array;
        });
  }

  Value addressOf(LLVM::LLVMFuncOp function) {
    if (function)
      return LLVM::AddressOfOp::create(builder, function);
    return LLVM::ZeroOp::create(builder, pointerType);
  }

  LLVM::GlobalOp emitInfo(LLVM::LLVMFuncOp run, LLVM::LLVMFuncOp runParallel) {
    LLVM::GlobalOp inputInfo = emitTensors(signature.inputs, inputs, "input");
    LLVM::GlobalOp outputInfo =
        emitTensors(signature.outputs, outputs, "output");
    LLVM::GlobalOp nameText =
        globals.createString((name + ".name").str(), name.str());
    LLVM::GlobalOp targetText =
        globals.createString((name + ".target").str(), target);
    Type i32 = builder.getI32Type(), i64 = builder.getI64Type();
    auto type = LLVM::LLVMStructType::getLiteral(
        builder.getContext(),
        {i32, i32, i32, pointerType, pointerType, pointerType, pointerType, i64,
         i64, pointerType, pointerType});
    return globals.createComputed((name + ".info").str(), type, [&] {
      Value fields[] = {globals.integer(32, kModelABIVersion),
                        globals.integer(32, inputs.size()),
                        globals.integer(32, outputs.size()),
                        globals.addressOf(nameText),
                        globals.addressOf(targetText),
                        globals.addressOf(inputInfo),
                        globals.addressOf(outputInfo),
                        globals.integer(64, workspaceBytes),
                        globals.integer(64, kWorkspaceAlignment),
                        addressOf(run),
                        addressOf(runParallel)};
      Value info = LLVM::UndefOp::create(builder, type);
      for (auto [field, value] : llvm::enumerate(fields))
        info = globals.insert(info, value, {static_cast<int64_t>(field)});
      return info;
    });
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
