//===- OutlineNests.cpp - spiq-outline-nests --------------------*- C++ -*-===//
//
// Moves loop nests into functions, so that equal layers share one.
//
//===----------------------------------------------------------------------===//

#include "spiq/CodeGen/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Transforms/RegionUtils.h"

namespace spiq {
#define GEN_PASS_DEF_OUTLINENESTS
#include "spiq/CodeGen/Passes.h.inc"
} // namespace spiq

using namespace mlir;

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
    builder.clone(*nest, mapping);
    func::ReturnOp::create(builder, nest.getLoc());
    symbols.insert(function);

    builder.setInsertionPoint(nest);
    func::CallOp::create(builder, nest.getLoc(), function, arguments);
    nest.erase();
    ++numNests;
  }
};
} // namespace
