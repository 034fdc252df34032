//===- ScaleChooser.h - Scales of all quantized values ----------*- C++ -*-===//
//
// Turns the ranges of a scale rule into scales and zero points, tensor by
// tensor, so that the predicted error of all readers together is small.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_SCALECHOOSER_H
#define SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_SCALECHOOSER_H

#include "QuantizationPlan.h"

#include "spiq/Dialect/SPIQ/Transforms/NoiseGain.h"
#include "spiq/Dialect/SPIQ/Transforms/ScaleRule.h"

namespace spiq {

/// Which integers store a value.
enum class Signedness {
  /// Unsigned, with any zero point.
  Asymmetric,
  /// Unsigned; zero point zero if no value is negative, else in the middle.
  Unsigned,
  /// Signed, with zero point zero.
  Signed
};

/// The stored integers of a value with the given number of bits.
struct StorageRange {
  bool isSigned = false;
  int64_t min = 0;
  int64_t max = 255;
};
StorageRange getStorageRange(Signedness signedness, unsigned bits);

/// Scales that were chosen together, for the report.
struct ScaleGroup {
  llvm::SmallVector<unsigned> roots;
  double exponent = 0.0;
  double shift = 0.0;
  /// Predicted squared error at the outputs, in units of their variance.
  double error = 0.0;
};

/// The scales of a plan.
struct ScaleChoice {
  /// Scale and zero point of each channel of the plan.
  llvm::SmallVector<ChannelQuantization, 0> channels;
  /// None if the scales were given.
  llvm::SmallVector<ScaleGroup> groups;
};

/// Chooses the scales of a plan.
class ScaleChooser {
public:
  struct Options {
    Signedness signedness = Signedness::Asymmetric;
    bool perTensor = false;
    /// Overrides the rule's share of a range that is folded.
    std::optional<double> foldExponent;
    /// The caller of the function may hand over stored integers.
    bool quantizedIO = false;
  };

  ScaleChooser(const QuantizationPlan &plan, const ScaleRule &rule,
               const NoiseGainAnalysis &gains,
               const NoiseGainAnalysis &clippingGains, const Options &options);

  const ScaleChoice &getChoice() const { return choice; }

private:
  struct Grid;
  void chooseOneScale(unsigned index);
  /// Stores the bytes that an argument was made of. Returns false if it holds
  /// none, or they cannot be stored as they are.
  bool chooseForBytes(unsigned index);
  void choose(llvm::ArrayRef<unsigned> members,
              llvm::ArrayRef<LinearOpInterface> layers);
  llvm::SmallVector<ChannelRange, 0> getRanges(const QuantizationRoot &root);
  Grid getGrid(ChannelRange range, unsigned bits) const;

  const QuantizationPlan &plan;
  const ScaleRule &rule;
  const NoiseGainAnalysis &gains;
  const NoiseGainAnalysis &clippingGains;
  const Options &options;
  ScaleChoice choice;
};

} // namespace spiq

#endif // SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_SCALECHOOSER_H
