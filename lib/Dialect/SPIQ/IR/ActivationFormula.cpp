//===- ActivationFormula.cpp - Activations in few operations --------------===//
//
// Verifies `#spiq.activation` and creates the operations of its formulas.
//
//===----------------------------------------------------------------------===//

#include "spiq/Dialect/SPIQ/IR/ActivationFormula.h"

#include "mlir/Dialect/Math/IR/Math.h"

#include <cmath>

using namespace mlir;

namespace spiq {

//===----------------------------------------------------------------------===//
// ActivationAttr
//===----------------------------------------------------------------------===//

bool ActivationAttr::hasFormula(ActivationKind kind) {
  switch (kind) {
  case ActivationKind::LeakyRelu:
  case ActivationKind::PRelu:
  case ActivationKind::Sigmoid:
  case ActivationKind::HardSigmoid:
  case ActivationKind::Silu:
  case ActivationKind::HardSwish:
    return true;
  default:
    return false;
  }
}

ArrayRef<float> ActivationAttr::getValues() const {
  return getParameters() ? getParameters().asArrayRef() : ArrayRef<float>();
}

bool ActivationAttr::hasSlope() const {
  return getKind() == ActivationKind::LeakyRelu ||
         getKind() == ActivationKind::PRelu;
}

float ActivationAttr::getSlope(int64_t channel) const {
  if (!hasSlope())
    return 1.0f;
  return getValues()[getKind() == ActivationKind::PRelu ? channel : 0];
}

LogicalResult
ActivationAttr::verify(llvm::function_ref<InFlightDiagnostic()> emitError,
                       ActivationKind kind, DenseF32ArrayAttr parameters) {
  if (!hasFormula(kind))
    return emitError() << "expects a kind that layers can compute, got '"
                       << stringifyActivationKind(kind) << "'";
  ArrayRef<float> values = parameters ? parameters : ArrayRef<float>();
  size_t expected = kind == ActivationKind::LeakyRelu     ? 1
                    : kind == ActivationKind::HardSigmoid ? 2
                    : kind == ActivationKind::PRelu       ? values.size()
                                                          : 0;
  if (values.size() != expected)
    return emitError() << "expects " << expected << " parameters for '"
                       << stringifyActivationKind(kind) << "', got "
                       << values.size();
  for (float value : values)
    if (!std::isfinite(value))
      return emitError() << "expects finite parameters, got " << value;
  return success();
}

//===----------------------------------------------------------------------===//
// Formulas
//===----------------------------------------------------------------------===//

namespace {
/// One operation of a formula for each of several values.
using Values = SmallVector<Value>;

/// Writes formulas for numbers or vectors of f32, several at a time.
class FormulaBuilder {
public:
  FormulaBuilder(OpBuilder &builder, Location loc, Type type, size_t count,
                 function_ref<void(MutableArrayRef<Value>)> afterStep)
      : builder(builder), loc(loc), type(type), count(count),
        afterStep(afterStep) {}

  Values constant(float value) {
    TypedAttr attr = builder.getF32FloatAttr(value);
    if (auto vector = dyn_cast<VectorType>(type))
      attr = DenseElementsAttr::get(vector, value);
    return Values(count, arith::ConstantOp::create(builder, loc, attr));
  }
  Values add(const Values &lhs, const Values &rhs) {
    return create<arith::AddFOp>(lhs, rhs);
  }
  Values sub(const Values &lhs, const Values &rhs) {
    return create<arith::SubFOp>(lhs, rhs);
  }
  Values mul(const Values &lhs, const Values &rhs) {
    return create<arith::MulFOp>(lhs, rhs);
  }
  // Compare and select: one instruction each, on every target.
  Values max(const Values &lhs, float rhs) {
    return choose(arith::CmpFPredicate::OGT, lhs, constant(rhs));
  }
  Values min(const Values &lhs, float rhs) {
    return choose(arith::CmpFPredicate::OLT, lhs, constant(rhs));
  }
  /// x < 0 ? negative : otherwise
  Values selectNegative(const Values &x, const Values &negative,
                        const Values &otherwise) {
    Values zero = constant(0.0f), results;
    for (size_t i = 0; i < count; ++i) {
      Value isNegative = arith::CmpFOp::create(
          builder, loc, arith::CmpFPredicate::OLT, x[i], zero[i]);
      results.push_back(arith::SelectOp::create(builder, loc, isNegative,
                                                negative[i], otherwise[i]));
    }
    return results;
  }
  /// min(max(x * alpha + beta, 0), 1)
  Values hardSigmoid(const Values &x, float alpha, float beta) {
    Values line = add(mul(x, constant(alpha)), constant(beta));
    return min(max(line, 0.0f), 1.0f);
  }
  /// min(|x|, limit)
  Values magnitude(const Values &x) {
    Values results;
    for (Value value : x)
      results.push_back(math::AbsFOp::create(builder, loc, value));
    return min(results, logisticLimit);
  }
  /// 1 / (1 + exp(u)), nearly.
  Values logistic(const Values &u) {
    ArrayRef<float> coefficients = logisticRoot;
    Values root = constant(coefficients.back());
    for (float coefficient : llvm::reverse(coefficients.drop_back()))
      root = endStep(add(mul(root, u), constant(coefficient)));
    for (int squaring = 0; squaring < 3; ++squaring)
      root = endStep(mul(root, root));
    return root;
  }

private:
  template <typename Op>
  Values create(const Values &lhs, const Values &rhs) {
    Values results;
    for (size_t i = 0; i < count; ++i)
      results.push_back(Op::create(builder, loc, lhs[i], rhs[i]));
    return results;
  }
  Values choose(arith::CmpFPredicate predicate, const Values &lhs,
                const Values &rhs) {
    Values results;
    for (size_t i = 0; i < count; ++i) {
      Value isLeft =
          arith::CmpFOp::create(builder, loc, predicate, lhs[i], rhs[i]);
      results.push_back(
          arith::SelectOp::create(builder, loc, isLeft, lhs[i], rhs[i]));
    }
    return results;
  }
  Values endStep(Values values) {
    if (afterStep)
      afterStep(values);
    return values;
  }

  OpBuilder &builder;
  Location loc;
  Type type;
  size_t count;
  function_ref<void(MutableArrayRef<Value>)> afterStep;
};
} // namespace

/// The results of `activation` for `x`.
static Values createFormula(FormulaBuilder &b, ActivationAttr activation,
                            const Values &x, const Values &slopes) {
  ArrayRef<float> parameters = activation.getValues();
  switch (activation.getKind()) {
  case ActivationKind::LeakyRelu:
  case ActivationKind::PRelu:
    return b.selectNegative(x, b.mul(x, slopes), x);
  case ActivationKind::HardSigmoid:
    return b.hardSigmoid(x, parameters[0], parameters[1]);
  case ActivationKind::HardSwish:
    return b.mul(x, b.hardSigmoid(x, 1.0f / 6.0f, 0.5f));
  case ActivationKind::Sigmoid: {
    Values g = b.logistic(b.magnitude(x));
    return b.selectNegative(x, g, b.sub(b.constant(1.0f), g));
  }
  case ActivationKind::Silu: {
    Values u = b.magnitude(x);
    return b.sub(b.max(x, 0.0f), b.mul(u, b.logistic(u)));
  }
  default:
    llvm_unreachable("kinds without a formula are not verified");
  }
}

void createActivations(OpBuilder &builder, Location loc,
                       ActivationAttr activation, MutableArrayRef<Value> values,
                       ArrayRef<Value> slopes,
                       function_ref<void(MutableArrayRef<Value>)> afterStep) {
  FormulaBuilder b(builder, loc, values.front().getType(), values.size(),
                   afterStep);
  llvm::copy(createFormula(b, activation, Values(values), Values(slopes)),
             values.begin());
}

Value createActivation(OpBuilder &builder, Location loc,
                       ActivationAttr activation, Value x, Value slope) {
  createActivations(builder, loc, activation, x, slope, nullptr);
  return x;
}

} // namespace spiq
