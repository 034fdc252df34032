//===- ScaleRule.cpp - Names of scale rules -------------------------------===//
//
// Finds a scale rule by its name.
//
//===----------------------------------------------------------------------===//

#include "spiq/Dialect/SPIQ/Transforms/ScaleRule.h"

#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace spiq;

ScaleRule::~ScaleRule() = default;

ArrayRef<StringLiteral> spiq::getScaleRuleNames() {
  static constexpr StringLiteral names[] = {"auto", "batch-norm", "literal",
                                            "observed", "synthetic"};
  return names;
}

std::unique_ptr<ScaleRule>
spiq::createScaleRule(StringRef name, const ScaleRuleOptions &options) {
  using Factory = std::unique_ptr<ScaleRule> (*)(const ScaleRuleOptions &);
  auto factory = llvm::StringSwitch<Factory>(name)
                     .Case("auto", createAutomaticRule)
                     .Case("batch-norm", createBatchNormRule)
                     .Case("literal", createLiteralRule)
                     .Case("observed", createObservedRule)
                     .Case("synthetic", createSyntheticRule)
                     .Default(nullptr);
  return factory ? factory(options) : nullptr;
}
