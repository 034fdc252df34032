//===- ScaleReport.h - Scales as JSON ---------------------------*- C++ -*-===//
//
// Writes what scale derivation chose, for people and for tools.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_SCALEREPORT_H
#define SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_SCALEREPORT_H

#include "ScaleChooser.h"

#include <string>
#include <vector>

namespace spiq {

/// The names that a report gives to the value that an operation at `loc`
/// produces: those of the merged operations, the last one produces it.
std::vector<std::string> getReportNames(mlir::Location loc);

/// Writes to `path` an object with the arrays
/// - `values`: each value with scales of its own: `names`, `shape`, `bits`,
/// `scales`,
///   `zero_points`, and of the values chosen together the `group`, unless
///   scales were given;
/// - `groups`: `exponent`, `shift` and `predicted_error` (squared error at the
///   outputs in units of their variance);
/// - `layers`: `names` and `weight_bits` of each layer in integer form.
/// On a failure `error` says what went wrong; no partial file is left.
llvm::LogicalResult writeScaleReport(llvm::StringRef path,
                                     const QuantizationPlan &plan,
                                     const ScaleChoice &choice,
                                     std::string &error);

} // namespace spiq

#endif // SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_SCALEREPORT_H
