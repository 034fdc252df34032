//===- Activation.cpp - Fused activations, operation by operation ---------===//
//
// Follows the table of `#spiq.activation`; each result is rounded to f32.
//
//===----------------------------------------------------------------------===//

#include "Operations.h"

#include <algorithm>
#include <cmath>

namespace spiq::reference {

static float hardSigmoid(float x, float alpha, float beta) {
  float product = x * alpha;
  float line = product + beta;
  return std::min(std::max(line, 0.0f), 1.0f);
}

/// Close to 1 / (1 + exp(u)).
static float logistic(float u) {
  const float c[] = {0.917141f, -0.0577158f, -0.0135545f, 0.00270902f,
                     -0.000149317f};
  float q = c[4];
  for (int k = 3; k >= 0; --k) {
    float product = u * q;
    q = c[k] + product;
  }
  float q2 = q * q;
  float q4 = q2 * q2;
  return q4 * q4;
}

float applyActivation(ActivationAttr activation, float x, int64_t channel) {
  llvm::ArrayRef<float> parameters = activation.getValues();
  float u = std::min(std::fabs(x), 10.0f);
  switch (activation.getKind()) {
  case ActivationKind::LeakyRelu:
    return x < 0 ? parameters[0] * x : x;
  case ActivationKind::PRelu:
    return x < 0 ? parameters[channel] * x : x;
  case ActivationKind::HardSigmoid:
    return hardSigmoid(x, parameters[0], parameters[1]);
  case ActivationKind::HardSwish:
    return x * hardSigmoid(x, 1.0f / 6.0f, 0.5f);
  case ActivationKind::Sigmoid:
    return x < 0 ? logistic(u) : 1 - logistic(u);
  case ActivationKind::Silu: {
    float product = u * logistic(u);
    return std::max(x, 0.0f) - product;
  }
  default:
    llvm_unreachable("the attribute holds only kinds with a formula");
  }
}

} // namespace spiq::reference
