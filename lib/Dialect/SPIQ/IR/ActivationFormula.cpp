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
/// Writes formulas for numbers or vectors of f32.
class FormulaBuilder {
public:
  FormulaBuilder(OpBuilder &builder, Location loc, Type type)
      : builder(builder), loc(loc), type(type) {}

  Value constant(float value) {
    TypedAttr attr = builder.getF32FloatAttr(value);
    if (auto vector = dyn_cast<VectorType>(type))
      attr = DenseElementsAttr::get(vector, value);
    return arith::ConstantOp::create(builder, loc, attr);
  }
  Value add(Value lhs, Value rhs) {
    return arith::AddFOp::create(builder, loc, lhs, rhs);
  }
  Value sub(Value lhs, Value rhs) {
    return arith::SubFOp::create(builder, loc, lhs, rhs);
  }
  Value mul(Value lhs, Value rhs) {
    return arith::MulFOp::create(builder, loc, lhs, rhs);
  }
  // Compare and select: one instruction each, on every target.
  Value max(Value lhs, float rhs) {
    return choose(arith::CmpFPredicate::OGT, lhs, constant(rhs));
  }
  Value min(Value lhs, float rhs) {
    return choose(arith::CmpFPredicate::OLT, lhs, constant(rhs));
  }
  /// x < 0 ? negative : otherwise
  Value selectNegative(Value x, Value negative, Value otherwise) {
    Value isNegative = arith::CmpFOp::create(
        builder, loc, arith::CmpFPredicate::OLT, x, constant(0.0f));
    return arith::SelectOp::create(builder, loc, isNegative, negative,
                                   otherwise);
  }
  /// min(max(x * alpha + beta, 0), 1)
  Value hardSigmoid(Value x, float alpha, float beta) {
    Value line = add(mul(x, constant(alpha)), constant(beta));
    return min(max(line, 0.0f), 1.0f);
  }
  /// min(|x|, limit)
  Value magnitude(Value x) {
    return min(math::AbsFOp::create(builder, loc, x), logisticLimit);
  }
  /// 1 / (1 + exp(u)), nearly.
  Value logistic(Value u) {
    ArrayRef<float> coefficients = logisticRoot;
    Value root = constant(coefficients.back());
    for (float coefficient : llvm::reverse(coefficients.drop_back()))
      root = add(mul(root, u), constant(coefficient));
    for (int squaring = 0; squaring < 3; ++squaring)
      root = mul(root, root);
    return root;
  }

private:
  Value choose(arith::CmpFPredicate predicate, Value lhs, Value rhs) {
    Value isLeft = arith::CmpFOp::create(builder, loc, predicate, lhs, rhs);
    return arith::SelectOp::create(builder, loc, isLeft, lhs, rhs);
  }

  OpBuilder &builder;
  Location loc;
  Type type;
};
} // namespace

Value createActivation(OpBuilder &builder, Location loc,
                       ActivationAttr activation, Value x, Value slope) {
  FormulaBuilder b(builder, loc, x.getType());
  ArrayRef<float> parameters = activation.getValues();
  switch (activation.getKind()) {
  case ActivationKind::LeakyRelu:
  case ActivationKind::PRelu:
    return b.selectNegative(x, b.mul(x, slope), x);
  case ActivationKind::HardSigmoid:
    return b.hardSigmoid(x, parameters[0], parameters[1]);
  case ActivationKind::HardSwish:
    return b.mul(x, b.hardSigmoid(x, 1.0f / 6.0f, 0.5f));
  case ActivationKind::Sigmoid: {
    Value g = b.logistic(b.magnitude(x));
    return b.selectNegative(x, g, b.sub(b.constant(1.0f), g));
  }
  case ActivationKind::Silu: {
    Value u = b.magnitude(x);
    return b.sub(b.max(x, 0.0f), b.mul(u, b.logistic(u)));
  }
  default:
    llvm_unreachable("kinds without a formula are not verified");
  }
}

} // namespace spiq
