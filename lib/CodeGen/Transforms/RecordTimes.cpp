//===- RecordTimes.cpp - spiq-record-times ----------------------*- C++ -*-===//
//
// Makes a model write a time stamp after each of its steps.
//
//===----------------------------------------------------------------------===//

#include "spiq/CodeGen/Passes.h"
#include "spiq/CodeGen/Signature.h"
#include "spiq/Dialect/CPU/IR/CPU.h"
#include "spiq/Dialect/SPIQ/IR/LayerTag.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"

namespace spiq {
#define GEN_PASS_DEF_RECORDTIMES
#include "spiq/CodeGen/Passes.h.inc"
} // namespace spiq

using namespace mlir;
using namespace spiq;

/// Whether `op` computes values of the network. The location of anything else
/// in a nest, such as an address, may be that of another layer.
static bool isComputation(Operation *op) {
  return isa_and_nonnull<arith::ArithDialect, math::MathDialect>(
             op->getDialect()) &&
         !op->hasTrait<OpTrait::ConstantLike>() &&
         !getElementTypeOrSelf(op->getResult(0)).isIndex();
}

namespace {
/// Operations that are timed together.
struct Step {
  SmallVector<Operation *> operations;
  /// Locations with the tags of the layers that the step stems from, and how
  /// many products are computed at each.
  llvm::MapVector<Attribute, int64_t> layers;
  llvm::SetVector<StringRef> nodes;
  int64_t macs = 0;
  bool isInteger = false;

  explicit Step(Operation *op) : operations{op} {
    op->walk<WalkOrder::PreOrder>([&](Operation *part) {
      if (part != op && !isComputation(part))
        return;
      int64_t products = isa<arith::MulFOp, arith::MulIOp>(part) ? 1 : 0;
      part->getLoc()->walk([&](LocationAttr location) {
        if (LayerTag::get(location))
          layers[location] += products;
        if (auto name = dyn_cast<NameLoc>(location))
          nodes.insert(name.getName());
        return WalkResult::advance();
      });
    });
  }

  /// Whether both stem from the same nodes.
  bool isPartOf(const Step &other) const {
    return (!layers.empty() || !nodes.empty()) &&
           llvm::equal(llvm::make_first_range(layers),
                       llvm::make_first_range(other.layers)) &&
           nodes.getArrayRef() == other.nodes.getArrayRef();
  }

  bool hasKernel() const {
    return llvm::any_of(operations, [](Operation *op) {
      return isa_and_nonnull<cpu::CPUDialect>(op->getDialect());
    });
  }
};
} // namespace

/// The steps of `function`, in order.
static SmallVector<Step, 0> findSteps(func::FuncOp function) {
  SmallVector<Step, 0> steps;
  for (Operation &op : function.front().without_terminator()) {
    if (isMemoryEffectFree(&op) || isa<memref::GetGlobalOp>(op))
      continue;
    Step step(&op);
    if (!steps.empty() && step.isPartOf(steps.back()))
      steps.back().operations.push_back(&op);
    else
      steps.push_back(std::move(step));
  }
  return steps;
}

/// Assigns the products of every layer to the step that computes it: its kernel
/// or, without one, the last of the nests with most products at its location.
/// Others fill borders or move results.
static void assignProducts(MutableArrayRef<Step> steps) {
  llvm::MapVector<Attribute, Step *> owners;
  for (Step &step : steps)
    for (auto [layer, products] : step.layers) {
      Step *&owner = owners[layer];
      if (!owner || (!owner->hasKernel() &&
                     (step.hasKernel() || products >= owner->layers[layer])))
        owner = &step;
    }
  for (auto [layer, step] : owners) {
    LayerTag tag = *LayerTag::get(layer);
    step->macs += tag.macs;
    step->isInteger |= tag.isInteger;
  }
}

/// Whether `step` reads no buffer: it fills the border of a padded one.
static bool isFill(const Step &step) {
  for (Operation *root : step.operations) {
    WalkResult result = root->walk([](MemoryEffectOpInterface op) {
      return op.hasEffect<MemoryEffects::Read>() ? WalkResult::interrupt()
                                                 : WalkResult::advance();
    });
    if (result.wasInterrupted())
      return false;
  }
  return true;
}

/// What became of the nodes of `step`: kernels, copies, fills, loops.
static std::string getForm(const Step &step) {
  if (isFill(step))
    return "fill";
  llvm::SetVector<StringRef> forms;
  for (Operation *op : step.operations)
    forms.insert(isa_and_nonnull<cpu::CPUDialect, linalg::LinalgDialect>(
                     op->getDialect())
                     ? op->getName().stripDialect()
                     : "loops");
  return llvm::join(forms, "+");
}

/// What the nodes of `step` compute: `conv_2d+add`; its form if that is
/// unknown.
static std::string getOp(const Step &step) {
  if (isFill(step))
    return "pad";
  llvm::SetVector<StringAttr> ops;
  for (Attribute layer : llvm::make_first_range(step.layers))
    ops.insert(StringAttr::get(layer.getContext(), LayerTag::get(layer)->op));
  std::string text;
  for (StringAttr op : ops)
    text += (text.empty() ? "" : "+") + op.str();
  return text.empty() ? getForm(step) : text;
}

/// Buffers of static shape from outside of `step` that it uses.
static SmallVector<Value> getBuffers(const Step &step) {
  llvm::SetVector<Value> values;
  for (Operation *op : step.operations) {
    values.insert(op->operand_begin(), op->operand_end());
    getUsedValuesDefinedAbove(op->getRegions(), values);
  }
  return llvm::filter_to_vector(values, [](Value value) {
    auto type = dyn_cast<MemRefType>(value.getType());
    return type && type.hasStaticShape();
  });
}

static int64_t countBytes(ArrayRef<Value> buffers) {
  int64_t bytes = 0;
  for (Value buffer : buffers) {
    auto type = cast<MemRefType>(buffer.getType());
    bytes += type.getNumElements() *
             llvm::divideCeil(type.getElementTypeBitWidth(), 8);
  }
  return bytes;
}

/// The buffer that `value` is a view of, as far as the view is made in `step`.
static Value getViewed(Value value, const Step &step) {
  while (auto view = value.getDefiningOp<ViewLikeOpInterface>()) {
    if (llvm::none_of(step.operations,
                      [&](Operation *op) { return op->isAncestor(view); }))
      break;
    value = view.getViewSource();
  }
  return value;
}

/// The type of the largest buffer that `step` writes; null if there is none.
static MemRefType getResultType(const Step &step, ArrayRef<Value> buffers) {
  MemRefType largest;
  for (Operation *root : step.operations)
    root->walk([&](MemoryEffectOpInterface op) {
      SmallVector<MemoryEffects::EffectInstance> effects;
      op.getEffects(effects);
      for (const MemoryEffects::EffectInstance &effect : effects) {
        if (!isa<MemoryEffects::Write>(effect.getEffect()) ||
            !effect.getValue())
          continue;
        Value buffer = getViewed(effect.getValue(), step);
        if (!llvm::is_contained(buffers, buffer))
          continue;
        auto type = cast<MemRefType>(buffer.getType());
        if (!largest || largest.getNumElements() < type.getNumElements())
          largest = type;
      }
    });
  return largest;
}

/// The description of `step` for the C interface.
static Attribute describe(const Step &step, Builder &b) {
  SmallVector<Value> buffers = getBuffers(step);
  MemRefType result = getResultType(step, buffers);
  bool isInteger = step.macs > 0
                       ? step.isInteger
                       : result && result.getElementType().isInteger();
  return b.getDictionaryAttr(
      {b.getNamedAttr("bytes", b.getI64IntegerAttr(countBytes(buffers))),
       b.getNamedAttr("form", b.getStringAttr(getForm(step))),
       b.getNamedAttr("integer", b.getBoolAttr(isInteger)),
       b.getNamedAttr("macs", b.getI64IntegerAttr(step.macs)),
       b.getNamedAttr("nodes", b.getStringAttr(llvm::join(step.nodes, "+"))),
       b.getNamedAttr("op", b.getStringAttr(getOp(step))),
       b.getNamedAttr("shape",
                      b.getDenseI64ArrayAttr(result ? result.getShape()
                                                    : ArrayRef<int64_t>()))});
}

namespace {
struct RecordTimesPass : public spiq::impl::RecordTimesBase<RecordTimesPass> {
  using RecordTimesBase::RecordTimesBase;

  void runOnOperation() override {
    if (counter != "cycles" && counter != "cntvct_el0") {
      getOperation()->emitError("spiq-record-times: unknown counter '")
          << counter << "'; use cycles or cntvct_el0";
      return signalPassFailure();
    }
    FailureOr<FunctionOpInterface> entry = findEntryFunction(getOperation());
    if (failed(entry))
      return signalPassFailure();
    auto function = dyn_cast<func::FuncOp>(entry->getOperation());
    auto bytes = (*entry)->getAttrOfType<IntegerAttr>(kWorkspaceBytesAttr);
    if (!function || !bytes) {
      (*entry)->emitOpError("has no workspace to record times in; run "
                            "spiq-plan-memory first");
      return signalPassFailure();
    }
    SmallVector<Step, 0> steps = findSteps(function);
    assignProducts(steps);
    Builder b(&getContext());
    SmallVector<Attribute> descriptions;
    for (const Step &step : steps)
      descriptions.push_back(describe(step, b));
    int64_t offset = addTable(function, bytes.getInt(), steps);
    getOperation()->setAttr(
        kProfileAttr,
        b.getDictionaryAttr(
            {b.getNamedAttr("isa", b.getStringAttr(isa)),
             b.getNamedAttr("offset", b.getI64IntegerAttr(offset)),
             b.getNamedAttr("steps", b.getArrayAttr(descriptions))}));
    numSteps += steps.size();
  }

private:
  /// Adds the table behind the workspace and the stores to it. Returns its
  /// offset.
  int64_t addTable(func::FuncOp function, uint64_t workspaceBytes,
                   ArrayRef<Step> steps) {
    int64_t offset = llvm::alignTo(workspaceBytes, 64);
    int64_t entries = steps.size() + 1;
    int64_t total = offset + entries * sizeof(uint64_t);
    ImplicitLocOpBuilder b(function.getLoc(), function.getContext());
    Value workspace = function.getArguments().back();
    workspace.setType(MemRefType::get({total}, b.getI8Type()));
    function.setType(b.getFunctionType(function.front().getArgumentTypes(),
                                       function.getResultTypes()));
    function->setAttr(kWorkspaceBytesAttr, b.getI64IntegerAttr(total));

    b.setInsertionPointToStart(&function.front());
    Value table = memref::ViewOp::create(
        b, MemRefType::get({entries}, b.getI64Type()), workspace,
        arith::ConstantIndexOp::create(b, offset), ValueRange());
    b.setInsertionPoint(steps.empty() ? function.front().getTerminator()
                                      : steps.front().operations.front());
    addStamp(b, table, 0);
    for (auto [index, step] : llvm::enumerate(steps)) {
      b.setInsertionPointAfter(step.operations.back());
      addStamp(b, table, index + 1);
    }
    return offset;
  }

  Value readCounter(ImplicitLocOpBuilder &b) {
    Type type = b.getI64Type();
    if (counter == "cycles")
      return LLVM::CallIntrinsicOp::create(
                 b, type, b.getStringAttr("llvm.readcyclecounter"),
                 ValueRange())
          .getResult(0);
    return LLVM::InlineAsmOp::create(
               b, type, ValueRange(),
               b.getStringAttr("mrs $0, " + counter.getValue()),
               b.getStringAttr("=r"), /*has_side_effects=*/b.getUnitAttr(),
               /*is_align_stack=*/UnitAttr(),
               LLVM::TailCallKindAttr::get(
                   b.getContext(), LLVM::tailcallkind::TailCallKind::None),
               LLVM::AsmDialectAttr(), ArrayAttr())
        .getResult(0);
  }

  void addStamp(ImplicitLocOpBuilder &b, Value table, int64_t index) {
    Value ticks = readCounter(b);
    Value position = arith::ConstantIndexOp::create(b, index);
    memref::StoreOp::create(b, ticks, table, position);
  }
};
} // namespace
