//===- OutlineNests.cpp - spiq-outline-nests --------------------*- C++ -*-===//
//
// Moves loop nests into functions, so that equal layers share one.
//
//===----------------------------------------------------------------------===//

#include "spiq/CodeGen/Parallelism.h"
#include "spiq/CodeGen/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "mlir/Transforms/RegionUtils.h"

namespace spiq {
#define GEN_PASS_DEF_OUTLINENESTS
#include "spiq/CodeGen/Passes.h.inc"
} // namespace spiq

using namespace mlir;
using namespace spiq;

/// Whether a function can take `type` as a plain pointer or number.
static bool canBeParameter(Type type) {
  auto memref = dyn_cast<MemRefType>(type);
  if (!memref)
    return type.isIntOrIndexOrFloat();
  SmallVector<int64_t> strides;
  int64_t offset;
  return memref.hasStaticShape() &&
         succeeded(memref.getStridesAndOffset(strides, offset)) &&
         !ShapedType::isDynamic(offset) &&
         llvm::none_of(strides, ShapedType::isDynamic);
}

/// Whether `value` is a number known at compile time; copying its definition is
/// better than passing it.
static bool isScalarConstant(Value value) {
  Operation *op = value.getDefiningOp();
  return op && op->hasTrait<OpTrait::ConstantLike>();
}

/// Whether the iterations of `nest` may run at the same time. Buffers allocated
/// in a loop have one place for all iterations.
static bool isParallel(scf::ForOp nest) {
  if (!nest->hasAttr(kParallelAttr))
    return false;
  return !nest->walk([](memref::ViewOp) { return WalkResult::interrupt(); })
              .wasInterrupted();
}

/// A guess of the cycles that `nest` takes: one for each two operations on
/// vectors or scalars that it executes.
static int64_t estimateCycles(scf::ForOp nest) {
  int64_t operations = 0;
  nest->walk([&](Operation *op) {
    if (isa<LoopLikeOpInterface>(op) || op->hasTrait<OpTrait::IsTerminator>() ||
        op->hasTrait<OpTrait::ConstantLike>() || isa<ViewLikeOpInterface>(op))
      return;
    int64_t times = 1;
    for (auto loop = op->getParentOfType<scf::ForOp>(); loop;
         loop = loop->getParentOfType<scf::ForOp>())
      if (std::optional<APInt> count = loop.getStaticTripCount())
        times *= count->getSExtValue();
    operations += times;
  });
  return operations / 2;
}

namespace {
struct OutlineNestsPass
    : public spiq::impl::OutlineNestsBase<OutlineNestsPass> {
  using OutlineNestsBase::OutlineNestsBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    SymbolTable symbols(module);
    SmallVector<scf::ForOp> nests;
    for (auto function : module.getOps<func::FuncOp>())
      if (function.isPublic() && !function.isExternal())
        llvm::append_range(nests, function.getOps<scf::ForOp>());
    for (scf::ForOp nest : nests)
      outline(nest, symbols);
  }

  /// Appends the range of iterations that a call computes to the parameters of
  /// `function` and lets `nest`, its copy of the loop, run over it.
  static void addRange(func::FuncOp function, scf::ForOp nest) {
    OpBuilder builder(nest);
    Location loc = nest.getLoc();
    Type index = builder.getIndexType();
    unsigned position = function.getNumArguments();
    for (unsigned i = 0; i < 2; ++i)
      (void)function.insertArgument(position + i, index, {}, loc);
    auto getBound = [&](unsigned argument) -> Value {
      Value offset = arith::MulIOp::create(
          builder, loc, function.getArgument(position + argument),
          nest.getStep());
      return arith::AddIOp::create(builder, loc, nest.getLowerBound(), offset);
    };
    Value begin = getBound(0);
    Value end =
        arith::MinSIOp::create(builder, loc, getBound(1), nest.getUpperBound());
    nest.setLowerBound(begin);
    nest.setUpperBound(end);
  }

  void outline(scf::ForOp nest, SymbolTable &symbols) {
    llvm::SetVector<Value> captured;
    getUsedValuesDefinedAbove(nest->getRegions(), captured);
    captured.insert(nest->operand_begin(), nest->operand_end());
    SmallVector<Value> constants, arguments;
    for (Value value : captured)
      (isScalarConstant(value) ? constants : arguments).push_back(value);
    if (nest.getNumResults() != 0 || !llvm::all_of(arguments, [](Value v) {
          return canBeParameter(v.getType());
        }))
      return;

    OpBuilder builder(nest.getContext());
    auto type = builder.getFunctionType(ValueRange(arguments).getTypes(), {});
    auto function = func::FuncOp::create(nest.getLoc(), "spiq_nest", type);
    function.setPrivate();
    function.setNoInline(true);
    Block *body = function.addEntryBlock();
    builder.setInsertionPointToStart(body);
    IRMapping mapping;
    mapping.map(arguments, body->getArguments());
    for (Value constant : constants)
      builder.clone(*constant.getDefiningOp(), mapping);
    auto copy = cast<scf::ForOp>(builder.clone(*nest, mapping));
    func::ReturnOp::create(builder, nest.getLoc());
    symbols.insert(function);

    std::optional<APInt> units =
        isParallel(nest) ? nest.getStaticTripCount() : std::nullopt;
    if (units)
      addRange(function, copy);
    builder.setInsertionPoint(nest);
    if (units)
      for (int64_t bound : {int64_t(0), units->getSExtValue()})
        arguments.push_back(
            arith::ConstantIndexOp::create(builder, nest.getLoc(), bound));
    auto call =
        func::CallOp::create(builder, nest.getLoc(), function, arguments);
    if (units)
      setWorkUnits(call, units->getSExtValue(), estimateCycles(nest));
    nest.erase();
    ++numNests;
  }
};
} // namespace
