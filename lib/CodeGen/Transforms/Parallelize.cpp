//===- Parallelize.cpp - spiq-parallelize -----------------------*- C++ -*-===//
//
// Copies the entry function and lets the caller's threads run its layers.
//
//===----------------------------------------------------------------------===//

#include "spiq/CodeGen/Parallelism.h"
#include "spiq/CodeGen/Passes.h"
#include "spiq/CodeGen/Signature.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/SymbolTable.h"

namespace spiq {
#define GEN_PASS_DEF_PARALLELIZE
#include "spiq/CodeGen/Passes.h.inc"
} // namespace spiq

using namespace mlir;
using namespace spiq;

/// Number of work units of `call`; none if it cannot be cut.
static std::optional<int64_t> getWorkUnits(LLVM::CallOp call) {
  auto units = call->getAttrOfType<IntegerAttr>(kWorkUnitsAttr);
  if (!units || call.getArgOperands().size() < 2 || !call.getCallee())
    return std::nullopt;
  return units.getInt();
}

namespace {
/// Rewrites the calls of a copy of the entry function.
class CallCutter {
public:
  CallCutter(ModuleOp module, LLVM::LLVMFuncOp entry)
      : builder(entry.getLoc(), module.getContext()), module(module),
        symbols(module), entry(entry),
        pointerType(LLVM::LLVMPointerType::get(module.getContext())),
        wordType(builder.getI64Type()) {}

  /// Cuts `call`, which has `units` work units, into at most `maxPieces`.
  void cut(LLVM::CallOp call, int64_t units, int64_t maxPieces);

private:
  /// What a piece finds behind its argument: the number of pieces and the
  /// arguments of `call` in front of its range.
  LLVM::LLVMStructType getArgumentType(LLVM::CallOp call);
  /// The function that runs one piece of calls like `call`.
  LLVM::LLVMFuncOp getPieceFunction(LLVM::CallOp call, int64_t units);
  Value constant(int64_t value) {
    return LLVM::ConstantOp::create(builder, wordType,
                                    builder.getI64IntegerAttr(value));
  }
  Value getField(Value structure, Type type, unsigned field) {
    return LLVM::GEPOp::create(
        builder, pointerType, type, structure,
        ArrayRef<LLVM::GEPArg>{0, static_cast<int32_t>(field)});
  }
  /// Loads what the entry function needs of its last argument, once.
  void loadParallelFor();

  ImplicitLocOpBuilder builder;
  ModuleOp module;
  SymbolTable symbols;
  LLVM::LLVMFuncOp entry;
  Type pointerType, wordType;
  Value loop, context, threads;
  /// Piece functions by the function that they call.
  llvm::StringMap<LLVM::LLVMFuncOp> pieces;
};
} // namespace

LLVM::LLVMStructType CallCutter::getArgumentType(LLVM::CallOp call) {
  SmallVector<Type> types{wordType};
  llvm::append_range(types, call.getArgOperands().drop_back(2).getTypes());
  return LLVM::LLVMStructType::getLiteral(builder.getContext(), types);
}

LLVM::LLVMFuncOp CallCutter::getPieceFunction(LLVM::CallOp call,
                                              int64_t units) {
  LLVM::LLVMFuncOp &function = pieces[*call.getCallee()];
  if (function)
    return function;
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToEnd(module.getBody());
  auto type = LLVM::LLVMFunctionType::get(
      LLVM::LLVMVoidType::get(builder.getContext()), {pointerType, wordType});
  function =
      LLVM::LLVMFuncOp::create(builder, (*call.getCallee() + ".piece").str(),
                               type, LLVM::Linkage::Internal);
  symbols.insert(function);
  Block *body = function.addEntryBlock(builder);
  builder.setInsertionPointToStart(body);
  LLVM::LLVMStructType argumentType = getArgumentType(call);
  SmallVector<Value> fields;
  for (auto [index, fieldType] : llvm::enumerate(argumentType.getBody()))
    fields.push_back(LLVM::LoadOp::create(
        builder, fieldType,
        getField(body->getArgument(0), argumentType, index)));
  Value piece = body->getArgument(1);
  auto getBound = [&](Value index) -> Value {
    Value scaled = LLVM::MulOp::create(builder, index, constant(units));
    return LLVM::UDivOp::create(builder, scaled, fields.front());
  };
  Value begin = getBound(piece);
  Value end = getBound(LLVM::AddOp::create(builder, piece, constant(1)));
  SmallVector<Value> arguments(llvm::drop_begin(fields));
  arguments.append({begin, end});
  LLVM::CallOp::create(builder, TypeRange(), *call.getCallee(), arguments);
  LLVM::ReturnOp::create(builder, ValueRange());
  return function;
}

void CallCutter::loadParallelFor() {
  if (loop)
    return;
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(&entry.getBody().front());
  // struct spiq_parallel_for, see spiq/Runtime/ModelABI.h.
  auto type = LLVM::LLVMStructType::getLiteral(
      builder.getContext(), {pointerType, pointerType, wordType});
  Value argument = entry.getArgument(entry.getNumArguments() - 1);
  auto load = [&](unsigned field) -> Value {
    return LLVM::LoadOp::create(builder, type.getBody()[field],
                                getField(argument, type, field));
  };
  loop = load(0);
  context = load(1);
  threads = LLVM::UMaxOp::create(builder, load(2), constant(1));
}

void CallCutter::cut(LLVM::CallOp call, int64_t units, int64_t maxPieces) {
  builder.setLoc(call.getLoc());
  loadParallelFor();
  LLVM::LLVMStructType type = getArgumentType(call);
  Value argument;
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(&entry.getBody().front());
    argument = LLVM::AllocaOp::create(builder, pointerType, type, constant(1));
  }
  builder.setInsertionPoint(call);
  Value count = LLVM::UMinOp::create(builder, threads, constant(maxPieces));
  SmallVector<Value> fields{count};
  llvm::append_range(fields, call.getArgOperands().drop_back(2));
  for (auto [index, field] : llvm::enumerate(fields))
    LLVM::StoreOp::create(builder, field, getField(argument, type, index));
  Value piece =
      LLVM::AddressOfOp::create(builder, getPieceFunction(call, units));
  auto loopType = LLVM::LLVMFunctionType::get(
      LLVM::LLVMVoidType::get(builder.getContext()),
      {pointerType, wordType, pointerType, pointerType});
  LLVM::CallOp::create(builder, loopType,
                       ValueRange{loop, context, count, piece, argument});
  call.erase();
}

namespace {
struct ParallelizePass : public spiq::impl::ParallelizeBase<ParallelizePass> {
  using ParallelizeBase::ParallelizeBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    FailureOr<FunctionOpInterface> function = findEntryFunction(module);
    if (failed(function))
      return signalPassFailure();
    auto entry = dyn_cast<LLVM::LLVMFuncOp>(function->getOperation());
    if (!entry) {
      (*function)->emitOpError("is no llvm.func; lower to LLVM dialect first");
      return signalPassFailure();
    }
    LLVM::LLVMFuncOp copy = copyEntry(entry);
    SmallVector<LLVM::CallOp> calls;
    copy.walk([&](LLVM::CallOp call) { calls.push_back(call); });
    CallCutter cutter(module, copy);
    for (LLVM::CallOp call : calls) {
      std::optional<int64_t> units = getWorkUnits(call);
      if (!units)
        continue;
      int64_t pieces = std::min(*units, getMaxPieces(call));
      if (pieces < 2)
        continue;
      cutter.cut(call, *units, pieces);
      ++numParallel;
    }
  }

  /// A copy of `entry` with the caller's parallel loop as last parameter.
  static LLVM::LLVMFuncOp copyEntry(LLVM::LLVMFuncOp entry) {
    OpBuilder builder(entry->getContext());
    builder.setInsertionPointAfter(entry);
    auto copy = cast<LLVM::LLVMFuncOp>(builder.clone(*entry));
    copy.setSymName((entry.getSymName() + ".parallel").str());
    for (StringRef attr : {kSignatureAttr, kWorkspaceBytesAttr})
      copy->removeAttr(attr);
    copy->setAttr(kParallelEntryAttr, builder.getUnitAttr());
    // `insertArgument` does not know functions without results in LLVM dialect.
    copy.removeArgAttrsAttr();
    LLVM::LLVMFunctionType type = copy.getFunctionType();
    auto pointer = LLVM::LLVMPointerType::get(entry->getContext());
    SmallVector<Type> parameters(type.getParams());
    parameters.push_back(pointer);
    copy.setFunctionType(
        LLVM::LLVMFunctionType::get(type.getReturnType(), parameters));
    copy.getBody().addArgument(pointer, entry.getLoc());
    return copy;
  }

  /// Pieces that are worth handing to threads.
  int64_t getMaxPieces(LLVM::CallOp call) const {
    auto cycles = call->getAttrOfType<IntegerAttr>(kCyclesAttr);
    int64_t pieces =
        cycles ? cycles.getInt() / std::max<int64_t>(1, minCycles) : 1;
    return std::clamp<int64_t>(pieces, 1, maxThreads);
  }
};
} // namespace
