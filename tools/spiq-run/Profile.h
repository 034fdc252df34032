//===- Profile.h - Where the time of a run goes -----------------*- C++ -*-===//
//
// The times that a library compiled with --profile records.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_TOOLS_SPIQ_RUN_PROFILE_H
#define SPIQ_TOOLS_SPIQ_RUN_PROFILE_H

#include "Model.h"
#include "Peak.h"

#include <string>
#include <vector>

namespace spiq::run {

/// The times of a model.
struct Profile {
  uint64_t runs = 0;
  /// For each step, the median over the runs.
  std::vector<double> milliseconds;
  /// What the threads that ran the model can multiply.
  Peak peak;
};

/// Runs `model` `warmup + runs` times and fills `profile`. Returns an error or
/// an empty text.
std::string recordProfile(Model &model, uint64_t warmup, uint64_t runs,
                          const std::vector<Tensor> &inputs,
                          std::vector<Tensor> &outputs, Profile &profile);

/// Prints a table of the steps.
void printProfile(const Model &model, const Profile &profile);
/// Prints the same as JSON.
void printProfileAsJSON(const Model &model, const Profile &profile);

} // namespace spiq::run

#endif // SPIQ_TOOLS_SPIQ_RUN_PROFILE_H
