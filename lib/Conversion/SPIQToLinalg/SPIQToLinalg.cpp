//===- SPIQToLinalg.cpp - Lowering of SPIQ to linalg ----------------------===//
//
// Implements the pass and the conversion of quantized types, and says clearly
// what cannot be lowered before anything is changed.
//
//===----------------------------------------------------------------------===//

#include "spiq/Conversion/SPIQToLinalg/SPIQToLinalg.h"

#include "Patterns.h"

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Func/Transforms/FuncConversions.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace spiq {

#define GEN_PASS_DEF_CONVERTSPIQTOLINALG
#include "spiq/Conversion/Passes.h.inc"

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

QuantizedTypeConverter::QuantizedTypeConverter() {
  addConversion([](Type type) -> std::optional<Type> {
    auto quantized = getQuantizedElementType(type);
    if (!quantized)
      return type;
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!tensor || !tensor.hasStaticShape() || !isQuantizedByte(quantized))
      return Type();
    return tensor.clone(IntegerType::get(type.getContext(), 8));
  });
}

//===----------------------------------------------------------------------===//
// What cannot be lowered
//===----------------------------------------------------------------------===//

static LogicalResult checkTypes(Operation *op, TypeRange types,
                                const TypeConverter &converter) {
  for (Type type : types)
    if (!converter.convertType(type))
      return op->emitOpError()
             << "cannot be lowered: type " << type
             << " is not a static tensor of 8-bit values with f32 expressed "
                "type and positive finite scales";
  return success();
}

/// Whether `value` is a constant or a storage cast of one.
static bool isConstant(Value value) {
  if (auto cast = value.getDefiningOp<quant::StorageCastOp>())
    value = cast.getInput();
  return matchPattern(value, m_Constant());
}

static LogicalResult checkIsConstant(Operation *op, StringRef name,
                                     Value value) {
  if (isConstant(value))
    return success();
  return op->emitOpError()
         << "cannot be lowered: expects constant " << name
         << " in quantized form; make the operand an arith.constant";
}

static LogicalResult checkConstants(Operation *op) {
  if (auto rescale = dyn_cast<RescaleOp>(op)) {
    if (!getQuantizedElementType(rescale.getOutput().getType()))
      return success();
    if (failed(checkIsConstant(op, "'multiplier'", rescale.getMultiplier())))
      return failure();
    return checkIsConstant(op, "'offset'", rescale.getOffset());
  }
  if (auto activation = dyn_cast<ActivationOp>(op)) {
    if (activation.getSlope() &&
        getQuantizedElementType(activation.getOutput().getType()))
      return checkIsConstant(op, "'slope'", activation.getSlope());
    return success();
  }
  if (auto linear = dyn_cast<LinearOpInterface>(op)) {
    Value input = linear.getInputOperand().get();
    Value weights = linear.getWeightsOperand().get();
    if (getQuantizedElementType(weights.getType()) &&
        !getQuantizedElementType(input.getType()))
      return checkIsConstant(op, "'weights'", weights);
  }
  return success();
}

/// Emits one diagnostic if `op` cannot be lowered.
static LogicalResult checkOperation(Operation *op,
                                    const TypeConverter &converter) {
  if (auto function = dyn_cast<FunctionOpInterface>(op)) {
    if (failed(checkTypes(op, function.getArgumentTypes(), converter)))
      return failure();
    return checkTypes(op, function.getResultTypes(), converter);
  }
  if (failed(checkTypes(op, op->getOperandTypes(), converter)) ||
      failed(checkTypes(op, op->getResultTypes(), converter)))
    return failure();
  if (isa<SPIQDialect>(op->getDialect()))
    return checkConstants(op);
  if (isa<quant::QuantDialect>(op->getDialect()) ||
      isa<func::CallOp, func::ReturnOp>(op))
    return success();
  auto isQuantized = [](Type type) {
    return getQuantizedElementType(type) != nullptr;
  };
  if (llvm::any_of(op->getOperandTypes(), isQuantized) ||
      llvm::any_of(op->getResultTypes(), isQuantized))
    return op->emitOpError("cannot be lowered with a quantized type; convert "
                           "operands and results with 'quant.scast'");
  return success();
}

//===----------------------------------------------------------------------===//
// Pass
//===----------------------------------------------------------------------===//

void populateSPIQToLinalgPatterns(const TypeConverter &converter,
                                  RewritePatternSet &patterns) {
  populateActivationPatterns(converter, patterns);
  populateDataMovementPatterns(converter, patterns);
  populateElementwisePatterns(converter, patterns);
  populateLinearPatterns(converter, patterns);
  populatePoolingPatterns(converter, patterns);
  populateQuantPatterns(converter, patterns);
  populateResizePatterns(converter, patterns);
}

namespace {
struct ConvertSPIQToLinalg
    : impl::ConvertSPIQToLinalgBase<ConvertSPIQToLinalg> {
  void runOnOperation() override {
    QuantizedTypeConverter converter;
    WalkResult check =
        getOperation()->walk<WalkOrder::PreOrder>([&](Operation *op) {
          return failed(checkOperation(op, converter)) ? WalkResult::interrupt()
                                                       : WalkResult::advance();
        });
    if (check.wasInterrupted())
      return signalPassFailure();

    ConversionTarget target(getContext());
    target.addIllegalDialect<SPIQDialect, quant::QuantDialect>();
    target.markUnknownOpDynamicallyLegal([&](Operation *op) {
      if (auto function = dyn_cast<FunctionOpInterface>(op))
        return converter.isLegal(function.getArgumentTypes()) &&
               converter.isLegal(function.getResultTypes());
      return converter.isLegal(op);
    });
    RewritePatternSet patterns(&getContext());
    populateSPIQToLinalgPatterns(converter, patterns);
    populateFunctionOpInterfaceTypeConversionPattern<func::FuncOp>(patterns,
                                                                   converter);
    populateCallOpTypeConversionPattern(patterns, converter);
    populateReturnOpTypeConversionPattern(patterns, converter);
    // The folder of quant.dcast would cancel a pair of casts, which rounds.
    ConversionConfig config;
    config.foldingMode = DialectConversionFoldingMode::Never;
    if (failed(applyFullConversion(getOperation(), target, std::move(patterns),
                                   config)))
      signalPassFailure();
  }
};
} // namespace

} // namespace spiq
