//===- ActivationPatterns.cpp - Nonlinear functions -----------------------===//
//
// Lowers spiq.activation: to math operations on f32, to table lookups on
// quantized types.
//
//===----------------------------------------------------------------------===//

#include "Elementwise.h"
#include "Patterns.h"
#include "Tensors.h"

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Matchers.h"

#include <cmath>

using namespace mlir;

namespace spiq {

//===----------------------------------------------------------------------===//
// Float
//===----------------------------------------------------------------------===//

namespace {
/// Writes the formula of an activation as scalar operations.
class FloatActivation {
public:
  FloatActivation(ElementBuilder &body, ActivationOp op) : body(body), op(op) {}

  /// f(x); `slope` is present for prelu.
  Value apply(Value x, Value slope) {
    float alpha = op.getAlpha().convertToFloat();
    float beta = op.getBeta().convertToFloat();
    switch (op.getKind()) {
    case ActivationKind::LeakyRelu:
      return selectNegative(x, body.mul(x, body.constant(alpha)), x);
    case ActivationKind::PRelu:
      return selectNegative(x, body.mul(x, slope), x);
    case ActivationKind::Sigmoid:
      return body.div(body.constant(1.0f), onePlusExp(x));
    case ActivationKind::HardSigmoid:
      return hardSigmoid(x, alpha, beta);
    case ActivationKind::Tanh:
      return create<math::TanhOp>(x);
    case ActivationKind::Silu:
      return body.div(x, onePlusExp(x));
    case ActivationKind::HardSwish:
      return body.mul(x, hardSigmoid(x, 1.0f / 6.0f, 0.5f));
    case ActivationKind::Elu:
      return selectNegative(
          x, body.mul(create<math::ExpM1Op>(x), body.constant(alpha)), x);
    case ActivationKind::Gelu:
      return gelu(x);
    case ActivationKind::Mish:
      return body.mul(x, create<math::TanhOp>(softplus(x)));
    case ActivationKind::Softplus:
      return softplus(x);
    }
    llvm_unreachable("all kinds are handled");
  }

private:
  template <typename MathOp>
  Value create(Value x) {
    return MathOp::create(body.builder, body.loc, x);
  }

  /// x < 0 ? negative : otherwise
  Value selectNegative(Value x, Value negative, Value otherwise) {
    Value isNegative =
        arith::CmpFOp::create(body.builder, body.loc, arith::CmpFPredicate::OLT,
                              x, body.constant(0.0f));
    return arith::SelectOp::create(body.builder, body.loc, isNegative, negative,
                                   otherwise);
  }

  /// 1 + exp(-x)
  Value onePlusExp(Value x) {
    Value exp = create<math::ExpOp>(create<arith::NegFOp>(x));
    return body.add(exp, body.constant(1.0f));
  }

  /// min(max(alpha * x + beta, 0), 1)
  Value hardSigmoid(Value x, float alpha, float beta) {
    Value y = body.add(body.mul(x, body.constant(alpha)), body.constant(beta));
    return body.clamp(y, 0.0f, 1.0f);
  }

  /// log(1 + exp(x)) as max(x, 0) + log1p(exp(-|x|)), which cannot overflow.
  Value softplus(Value x) {
    Value magnitude = create<arith::NegFOp>(create<math::AbsFOp>(x));
    Value tail = create<math::Log1pOp>(create<math::ExpOp>(magnitude));
    return body.add(body.clamp(x, 0.0f, std::nullopt), tail);
  }

  /// x / 2 * (1 + erf(x / sqrt(2)))
  Value gelu(Value x) {
    Value scaled = body.mul(x, body.constant(0.70710678f));
    Value sum = body.add(create<math::ErfOp>(scaled), body.constant(1.0f));
    return body.mul(body.mul(x, body.constant(0.5f)), sum);
  }

  ElementBuilder &body;
  ActivationOp op;
};

struct LowerFloatActivation : OpConversionPattern<ActivationOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(ActivationOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    if (getQuantizedElementType(op.getOutput().getType()))
      return failure();
    ElementwiseOpBuilder builder(
        rewriter, op.getLoc(), getShape(op.getOutput()), rewriter.getF32Type());
    auto input = builder.addTensor(adaptor.getInput());
    std::optional<ElementwiseOperand> slope;
    if (adaptor.getSlope())
      slope = builder.addVector(adaptor.getSlope(), builder.getLastAxis());
    rewriter.replaceOp(op, builder.build([&](ElementBuilder &body) {
      return FloatActivation(body, op).apply(
          input.load(body), slope ? slope->load(body) : Value());
    }));
    return success();
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// Tables
//===----------------------------------------------------------------------===//

static double computeSoftplus(double x) {
  return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x)));
}

/// f(x) in double precision; `alpha` is the slope for prelu.
static double evaluate(ActivationKind kind, double x, double alpha,
                       double beta) {
  switch (kind) {
  case ActivationKind::LeakyRelu:
  case ActivationKind::PRelu:
    return x < 0.0 ? alpha * x : x;
  case ActivationKind::Sigmoid:
    return 1.0 / (1.0 + std::exp(-x));
  case ActivationKind::HardSigmoid:
    return std::clamp(alpha * x + beta, 0.0, 1.0);
  case ActivationKind::Tanh:
    return std::tanh(x);
  case ActivationKind::Silu:
    return x / (1.0 + std::exp(-x));
  case ActivationKind::HardSwish:
    return x * std::clamp(x / 6.0 + 0.5, 0.0, 1.0);
  case ActivationKind::Elu:
    return x < 0.0 ? alpha * std::expm1(x) : x;
  case ActivationKind::Gelu:
    return x / 2.0 * (1.0 + std::erf(x / std::sqrt(2.0)));
  case ActivationKind::Mish:
    return x * std::tanh(computeSoftplus(x));
  case ActivationKind::Softplus:
    return computeSoftplus(x);
  }
  llvm_unreachable("all kinds are handled");
}

/// One table of 256 result bytes per channel, indexed by the input byte.
static std::vector<int8_t> createTables(ActivationOp op,
                                        DenseElementsAttr slope) {
  auto from = QuantizationView::ofTensor(op.getInput().getType());
  auto to = QuantizationView::ofTensor(op.getOutput().getType());
  double alpha = op.getAlpha().convertToFloat();
  double beta = op.getBeta().convertToFloat();
  int64_t numChannels = getShape(op.getOutput()).back();
  std::vector<int8_t> tables;
  tables.reserve(numChannels * 256);
  for (int64_t channel = 0; channel < numChannels; ++channel) {
    if (slope)
      alpha = slope.getValues<float>()[channel];
    for (int byte = 0; byte < 256; ++byte) {
      int64_t stored = from.isSigned() ? int8_t(byte) : byte;
      double x = from.dequantize(stored, channel);
      tables.push_back(static_cast<int8_t>(
          to.quantize(evaluate(op.getKind(), x, alpha, beta), channel)));
    }
  }
  return tables;
}

/// Whether all channels have the table of the first.
static bool areEqualTables(ArrayRef<int8_t> tables) {
  for (size_t start = 256; start < tables.size(); start += 256)
    if (tables.slice(start, 256) != tables.take_front(256))
      return false;
  return true;
}

namespace {
/// y = table[c][byte(q)]
struct LowerIntegerActivation : OpConversionPattern<ActivationOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(ActivationOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    DenseElementsAttr slope;
    if (!getQuantizedElementType(op.getOutput().getType()) ||
        (adaptor.getSlope() &&
         !matchPattern(adaptor.getSlope(), m_Constant(&slope))))
      return failure();
    std::vector<int8_t> tables = createTables(op, slope);
    bool isShared = areEqualTables(tables);
    SmallVector<int64_t> shape = {int64_t(tables.size() / 256), 256};
    if (isShared) {
      tables.resize(256);
      shape = {256};
    }
    Location loc = op.getLoc();
    auto type = RankedTensorType::get(shape, rewriter.getI8Type());
    Value table = arith::ConstantOp::create(
        rewriter, loc, DenseElementsAttr::get(type, ArrayRef(tables)));
    ElementwiseOpBuilder builder(rewriter, loc, getShape(op.getOutput()),
                                 rewriter.getI8Type());
    auto input = builder.addTensor(adaptor.getInput());
    rewriter.replaceOp(op, builder.build([&](ElementBuilder &body) -> Value {
      SmallVector<Value> position;
      if (!isShared)
        position.push_back(
            linalg::IndexOp::create(body.builder, loc, builder.getLastAxis()));
      position.push_back(arith::IndexCastUIOp::create(
          body.builder, loc, body.builder.getIndexType(), input.load(body)));
      return tensor::ExtractOp::create(body.builder, loc, table, position);
    }));
    return success();
  }
};
} // namespace

void populateActivationPatterns(const TypeConverter &converter,
                                RewritePatternSet &patterns) {
  patterns.add<LowerFloatActivation, LowerIntegerActivation>(
      converter, patterns.getContext());
}

} // namespace spiq
