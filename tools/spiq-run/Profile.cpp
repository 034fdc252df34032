//===- Profile.cpp - Where the time of a run goes ---------------*- C++ -*-===//
//
// Reads the counters that a model leaves in its workspace.
//
//===----------------------------------------------------------------------===//

#include "Profile.h"

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace spiq::run {

/// The value in the middle of `values`.
template <typename T>
static T getMedian(std::vector<T> &values) {
  auto middle = values.begin() + values.size() / 2;
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

std::string recordProfile(Model &model, uint64_t warmup, uint64_t runs,
                          const std::vector<Tensor> &inputs,
                          std::vector<Tensor> &outputs, Profile &profile) {
  const spiq_profile_info *info = model.getInfo().profile;
  if (!info)
    return "the library records no times; compile the model with "
           "spiq-compile --profile";
  profile.runs = runs;
  profile.peak = measurePeak(info->isa, model.getParallelFor());
  const auto *counters = reinterpret_cast<const uint64_t *>(
      static_cast<const char *>(model.getWorkspace()) + info->offset);
  std::vector<std::vector<uint64_t>> ticks(info->num_steps);
  uint64_t allTicks = 0;
  double allMilliseconds = 0;
  for (uint64_t run = 0; run < warmup + runs; ++run) {
    auto begin = std::chrono::steady_clock::now();
    std::string error = model.run(inputs, outputs);
    std::chrono::duration<double, std::milli> time =
        std::chrono::steady_clock::now() - begin;
    if (!error.empty())
      return error;
    if (run < warmup)
      continue;
    allMilliseconds += time.count();
    allTicks += counters[info->num_steps] - counters[0];
    for (size_t i = 0; i < ticks.size(); ++i)
      ticks[i].push_back(counters[i + 1] - counters[i]);
  }
  if (allTicks == 0 && !ticks.empty())
    return "the counter that the library reads stands still";
  for (std::vector<uint64_t> &values : ticks)
    profile.milliseconds.push_back(static_cast<double>(getMedian(values)) *
                                   allMilliseconds /
                                   static_cast<double>(allTicks));
  return "";
}

namespace {
/// One line of a profile.
struct Row {
  double milliseconds, macs, bytes;
  /// Billions of products per second that are possible; zero if unknown.
  double peak;

  /// Billions of `count` per second.
  double getRate(double count) const {
    return milliseconds > 0 ? count / milliseconds * 1e-6 : 0;
  }
  double getPercentOfPeak() const {
    return peak > 0 ? 100 * getRate(macs) / peak : 0;
  }
};
} // namespace

static Row getRow(const Model &model, const Profile &profile, size_t index) {
  const spiq_step_info &step = model.getInfo().profile->steps[index];
  return {profile.milliseconds[index], static_cast<double>(step.macs),
          static_cast<double>(step.bytes),
          step.operands == SPIQ_I8 ? profile.peak.integer : profile.peak.real};
}

/// `1x56x56x64`.
static std::string getShapeText(const spiq_step_info &step) {
  std::string text;
  for (int32_t i = 0; i < step.rank; ++i)
    text += (i == 0 ? "" : "x") + std::to_string(step.shape[i]);
  return text;
}

static void printRow(const Row &row, double allMilliseconds) {
  std::printf("%9.4f %6.2f ", row.milliseconds,
              allMilliseconds > 0 ? 100 * row.milliseconds / allMilliseconds
                                  : 0);
  if (row.macs > 0)
    std::printf("%8.1f ", row.getRate(row.macs));
  else
    std::printf("%8s ", "-");
  if (row.macs > 0 && row.peak > 0)
    std::printf("%6.1f ", row.getPercentOfPeak());
  else
    std::printf("%6s ", "-");
  std::printf("%9.1f %7.1f  ", row.bytes / 1024, row.getRate(row.bytes));
}

void printProfile(const Model &model, const Profile &profile) {
  const spiq_profile_info &info = *model.getInfo().profile;
  std::printf("runs: %llu, threads: %llu\n"
              "measured peak of %s: %.1f GMAC/s int8, %.1f GMAC/s f32\n",
              static_cast<unsigned long long>(profile.runs),
              static_cast<unsigned long long>(model.getThreads()), info.isa,
              profile.peak.integer, profile.peak.real);
  // Layers of both kinds have no common peak.
  Row all{0, 0, 0, 0};
  for (size_t i = 0; i < info.num_steps; ++i) {
    Row row = getRow(model, profile, i);
    all.milliseconds += row.milliseconds;
    all.macs += row.macs;
    all.bytes += row.bytes;
  }
  std::printf("%9s %6s %8s %6s %9s %7s  %-16s %-18s %s\n", "ms", "%", "GMAC/s",
              "% peak", "KiB", "GB/s", "result", "operation (form)", "nodes");
  for (size_t i = 0; i < info.num_steps; ++i) {
    const spiq_step_info &step = info.steps[i];
    printRow(getRow(model, profile, i), all.milliseconds);
    std::string op = step.op;
    if (op != step.form)
      op += std::string(" (") + step.form + ")";
    std::printf("%-16s %-18s %s\n", getShapeText(step).c_str(), op.c_str(),
                step.nodes);
  }
  printRow(all, all.milliseconds);
  std::printf("all\n");
}

/// Prints `text` as a JSON string.
static void printString(const char *text) {
  std::putchar('"');
  for (; *text; ++text) {
    auto c = static_cast<unsigned char>(*text);
    if (c == '"' || c == '\\')
      std::putchar('\\');
    if (c < 0x20)
      std::printf("\\u%04x", static_cast<unsigned>(c));
    else
      std::putchar(c);
  }
  std::putchar('"');
}

/// Prints a member of an object, after others.
static void printMember(const char *key, const char *text) {
  std::printf(", \"%s\": ", key);
  printString(text);
}

void printProfileAsJSON(const Model &model, const Profile &profile) {
  const spiq_model_info &modelInfo = model.getInfo();
  const spiq_profile_info &info = *modelInfo.profile;
  std::printf("{\"runs\": %llu, \"threads\": %llu",
              static_cast<unsigned long long>(profile.runs),
              static_cast<unsigned long long>(model.getThreads()));
  printMember("model", modelInfo.name);
  printMember("target", modelInfo.target);
  printMember("isa", info.isa);
  std::printf(",\n \"peak_gmacs\": {\"int8\": %.2f, \"f32\": %.2f},\n"
              " \"steps\": [",
              profile.peak.integer, profile.peak.real);
  for (size_t i = 0; i < info.num_steps; ++i) {
    const spiq_step_info &step = info.steps[i];
    Row row = getRow(model, profile, i);
    std::printf("%s\n  {\"milliseconds\": %.6f", i == 0 ? "" : ",",
                row.milliseconds);
    printMember("nodes", step.nodes);
    printMember("op", step.op);
    printMember("form", step.form);
    printMember("operands", step.operands == SPIQ_I8 ? "int8" : "f32");
    std::printf(", \"shape\": [");
    for (int32_t j = 0; j < step.rank; ++j)
      std::printf("%s%lld", j == 0 ? "" : ", ",
                  static_cast<long long>(step.shape[j]));
    std::printf("], \"macs\": %llu, \"gmacs\": %.3f, \"percent_of_peak\": %.2f"
                ", \"bytes\": %llu, \"gigabytes_per_second\": %.3f}",
                static_cast<unsigned long long>(step.macs),
                row.getRate(row.macs), row.getPercentOfPeak(),
                static_cast<unsigned long long>(step.bytes),
                row.getRate(row.bytes));
  }
  std::printf("\n ]}\n");
}

} // namespace spiq::run
