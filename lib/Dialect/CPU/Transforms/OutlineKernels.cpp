//===- OutlineKernels.cpp - Kernels become functions ----------------------===//
//
// Replaces kernels on buffers by calls of functions that hold their loops,
// shared between kernels that are alike.
//
//===----------------------------------------------------------------------===//

#include "Kernels/Kernels.h"
#include "spiq/CodeGen/Parallelism.h"
#include "spiq/Dialect/CPU/IR/CPU.h"
#include "spiq/Dialect/CPU/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/MapVector.h"

namespace spiq::cpu {
#define GEN_PASS_DEF_OUTLINEKERNELSPASS
#include "spiq/Dialect/CPU/Transforms/Passes.h.inc"
} // namespace spiq::cpu

using namespace mlir;
using namespace spiq::cpu;

/// Emits a pointer to the first element of `buffer`.
static Value emitPointer(OpBuilder &b, Location loc, Value buffer) {
  auto type = cast<MemRefType>(buffer.getType());
  auto metadata = memref::ExtractStridedMetadataOp::create(b, loc, buffer);
  Value base = memref::ExtractAlignedPointerAsIndexOp::create(b, loc, buffer);
  int64_t elementBytes = type.getElementTypeBitWidth() / 8;
  Value bytes = b.createOrFold<arith::MulIOp>(
      loc, metadata.getOffset(),
      arith::ConstantIndexOp::create(b, loc, elementBytes));
  Value address = b.createOrFold<arith::AddIOp>(loc, base, bytes);
  Value integer = arith::IndexCastOp::create(b, loc, b.getI64Type(), address);
  return LLVM::IntToPtrOp::create(
      b, loc, LLVM::LLVMPointerType::get(b.getContext()), integer);
}

namespace {
class OutlineKernels
    : public spiq::cpu::impl::OutlineKernelsPassBase<OutlineKernels> {
public:
  using OutlineKernelsPassBase::OutlineKernelsPassBase;

  void runOnOperation() override;

private:
  /// The function that computes `op`, created if there is none yet.
  FailureOr<func::FuncOp> getKernelFunction(Operation *op);

  /// Functions by the attributes and operand types of their kernel.
  llvm::MapVector<Attribute, func::FuncOp> functions;
};
} // namespace

/// All that a kernel's code depends on, as one attribute.
static Attribute getKernelKey(Operation *op) {
  Builder b(op->getContext());
  SmallVector<Attribute> types;
  for (Type type : op->getOperandTypes()) {
    auto memref = cast<MemRefType>(type);
    SmallVector<int64_t> strides;
    int64_t offset;
    // Offsets and the numbers of constants do not change the code.
    if (memref.getRank() == 1)
      type = MemRefType::get({ShapedType::kDynamic}, memref.getElementType());
    else if (succeeded(memref.getStridesAndOffset(strides, offset)))
      type = MemRefType::get(
          memref.getShape(), memref.getElementType(),
          StridedLayoutAttr::get(b.getContext(), ShapedType::kDynamic, strides),
          memref.getMemorySpace());
    types.push_back(TypeAttr::get(type));
  }
  return b.getArrayAttr({b.getStringAttr(op->getName().getStringRef()),
                         op->getAttrDictionary(), b.getArrayAttr(types)});
}

/// Checks that the channels of all images that `op` accesses are neighbours.
static LogicalResult verifyLayouts(Operation *op) {
  // Reads the caller's image at any distance and checks its own output.
  if (isa<QuantizeOp>(op))
    return success();
  for (Value operand : op->getOperands()) {
    auto type = cast<MemRefType>(operand.getType());
    if (type.getRank() != 4 || type.getDimSize(3) == 1)
      continue;
    if (int64_t distance = getImageStrides(operand)[3]; distance != 1)
      return op->emitOpError() << "expects images whose channels are "
                                  "neighbours, got channels at a distance of "
                               << distance;
  }
  return success();
}

/// A guess of the cycles that a kernel takes: it computes one vector of dot
/// products per cycle and moves one vector of 16 bytes per cycle.
static int64_t estimateCycles(Operation *op) {
  int64_t bytes = 0;
  for (Type type : op->getOperandTypes()) {
    auto memref = cast<MemRefType>(type);
    bytes += memref.getNumElements() * memref.getElementTypeBitWidth() / 8;
  }
  int64_t dots = 0;
  if (auto conv = dyn_cast<Conv2DOp>(op)) {
    ArrayRef<int64_t> shape = conv.getOutput().getType().getShape();
    dots = shape[0] * shape[1] * shape[2] *
           llvm::divideCeil(shape[3], conv.getLanes()) * conv.getNumRows() *
           conv.getRowSteps();
  }
  return bytes / 16 + dots;
}

FailureOr<func::FuncOp> OutlineKernels::getKernelFunction(Operation *op) {
  func::FuncOp &function = functions[getKernelKey(op)];
  if (function)
    return function;
  OpBuilder builder(&getContext());
  builder.setInsertionPointToEnd(getOperation().getBody());
  SmallVector<Type> types(op->getNumOperands(),
                          LLVM::LLVMPointerType::get(&getContext()));
  types.append(2, builder.getIndexType());
  // Not the statistic: builds of LLVM without statistics never count it up.
  std::string name = ("spiq_" + op->getName().stripDialect() + "_" +
                      Twine(functions.size() - 1))
                         .str();
  function = func::FuncOp::create(builder, op->getLoc(), name,
                                  builder.getFunctionType(types, {}));
  function.setPrivate();
  // Several models may be linked into one program. Inlining would only join
  // the register allocation of all layers.
  function->setAttr(
      "llvm.linkage",
      LLVM::LinkageAttr::get(&getContext(), LLVM::Linkage::Internal));
  function->setAttr("passthrough", builder.getStrArrayAttr({"noinline"}));
  Block *body = function.addEntryBlock();
  builder.setInsertionPointToEnd(body);
  KernelBuilder b(op->getLoc(), builder);
  SmallVector<FlatBuffer> buffers;
  for (auto [argument, operand] :
       llvm::zip(body->getArguments(), op->getOperands()))
    buffers.push_back(
        {argument, cast<MemRefType>(operand.getType()).getElementType()});
  Value begin = body->getArgument(buffers.size());
  Value end = body->getArgument(buffers.size() + 1);
  if (failed(emitAnyKernel(op, b, buffers, begin, end)))
    return failure();
  func::ReturnOp::create(b);
  ++numFunctions;
  return function;
}

void OutlineKernels::runOnOperation() {
  SmallVector<Operation *> kernels;
  getOperation().walk([&](Operation *op) {
    if (isKernel(op))
      kernels.push_back(op);
  });
  for (Operation *op : kernels) {
    if (!cast<DestinationStyleOpInterface>(op).hasPureBufferSemantics()) {
      op->emitOpError("expects buffers; run bufferization first");
      return signalPassFailure();
    }
    if (failed(verifyLayouts(op)))
      return signalPassFailure();
    FailureOr<func::FuncOp> function = getKernelFunction(op);
    if (failed(function))
      return signalPassFailure();
    OpBuilder b(op);
    SmallVector<Value> arguments;
    for (Value operand : op->getOperands())
      arguments.push_back(emitPointer(b, op->getLoc(), operand));
    arguments.push_back(arith::ConstantIndexOp::create(b, op->getLoc(), 0));
    int64_t units = getNumWorkUnitsOfAny(op);
    arguments.push_back(arith::ConstantIndexOp::create(b, op->getLoc(), units));
    auto call = func::CallOp::create(b, op->getLoc(), *function, arguments);
    spiq::setWorkUnits(call, units, estimateCycles(op));
    op->erase();
    ++numKernels;
  }
  functions.clear();
}
