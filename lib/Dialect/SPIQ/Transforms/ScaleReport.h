//===- ScaleReport.h - Scales as JSON ---------------------------*- C++ -*-===//
//
// Writes what scale derivation chose, for people and for tools.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_SCALEREPORT_H
#define SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_SCALEREPORT_H

#include "ScaleChooser.h"

#include <string>

namespace spiq {

/// Writes to `path` an object with the arrays
/// - `values`: each value with scales of its own: `names` (of the merged
///   operations, the last one produces the value), `shape`, `bits`, `scales`,
///   `zero_points`, and of the values chosen together the `group`;
/// - `groups`: `exponent`, `shift` and `predicted_error` (squared error at the
///   outputs in units of their variance);
/// - `layers`: `names` and `weight_bits` of each layer in integer form.
/// On a failure `error` says what went wrong; no partial file is left.
llvm::LogicalResult writeScaleReport(llvm::StringRef path,
                                     const QuantizationPlan &plan,
                                     const ScaleChooser &chooser,
                                     std::string &error);

} // namespace spiq

#endif // SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_SCALEREPORT_H
