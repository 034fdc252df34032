//===- ScaleFile.cpp - Scales from a file ---------------------------------===//
//
// Reads and checks given scales.
//
//===----------------------------------------------------------------------===//

#include "ScaleFile.h"

#include "ScaleReport.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"

#include <cmath>

using namespace mlir;
using namespace spiq;

namespace spiq::scalefile {

/// An entry of `values`.
struct Entry {
  std::vector<std::string> names;
  int64_t bits = 0;
  std::vector<double> scales;
  std::vector<int64_t> zeroPoints;
};

/// Found by its argument's namespace when `ObjectMapper` reads an entry.
static bool fromJSON(const llvm::json::Value &json, Entry &entry,
                     llvm::json::Path path) {
  llvm::json::ObjectMapper map(json, path);
  return map && map.map("names", entry.names) && map.map("bits", entry.bits) &&
         map.map("scales", entry.scales) &&
         map.map("zero_points", entry.zeroPoints);
}

} // namespace spiq::scalefile

using spiq::scalefile::Entry;

static std::string describe(ArrayRef<std::string> names) {
  return names.empty() ? "without a name"
                       : "'" + llvm::join(names, " + ") + "'";
}

static llvm::Expected<std::vector<Entry>> readEntries(StringRef path) {
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!buffer)
    return llvm::createStringError("cannot read scales from '" + path +
                                   "': " + buffer.getError().message());
  llvm::Expected<llvm::json::Value> json =
      llvm::json::parse((*buffer)->getBuffer());
  if (!json)
    return llvm::createStringError(
        "'" + path + "' is no JSON: " + llvm::toString(json.takeError()));
  llvm::json::Path::Root root;
  std::vector<Entry> entries;
  llvm::json::ObjectMapper map(*json, root);
  if (!map || !map.map("values", entries))
    return llvm::createStringError("'" + path + "' is no report of scales: " +
                                   llvm::toString(root.getError()));
  return entries;
}

/// What is wrong with `entry` as the scales of `root`; empty if nothing.
static std::string findMistake(const Entry &entry, const QuantizationRoot &root,
                               const ScaleChooser::Options &options) {
  size_t channels = root.channels.size();
  if (entry.bits != root.bits)
    return llvm::formatv("are for {0} bits, but it is stored with {1}: give "
                         "the same options for bits",
                         entry.bits, root.bits);
  if (entry.scales.size() != channels || entry.zeroPoints.size() != channels)
    return llvm::formatv("expect {0} channels, got {1} scales and {2} zero "
                         "points",
                         channels, entry.scales.size(),
                         entry.zeroPoints.size());
  StorageRange storage = getStorageRange(options.signedness, root.bits);
  for (size_t c = 0; c < channels; ++c) {
    double scale = entry.scales[c];
    // Stored scales and their quotients are f32.
    if (!(scale > 1.0e-30 && scale < 1.0e30))
      return llvm::formatv("expect positive finite scales, got {0} for "
                           "channel {1}",
                           scale, c);
    if (entry.zeroPoints[c] < storage.min || entry.zeroPoints[c] > storage.max)
      return llvm::formatv("expect zero points between {0} and {1}, got {2} "
                           "for channel {3}",
                           storage.min, storage.max, entry.zeroPoints[c], c);
    if ((options.perTensor || root.hasOneScale()) &&
        (scale != entry.scales[0] ||
         entry.zeroPoints[c] != entry.zeroPoints[0]))
      return "expect one scale for all channels";
  }
  return "";
}

FailureOr<SmallVector<ChannelQuantization, 0>>
spiq::readScaleFile(StringRef path, func::FuncOp function,
                    const QuantizationPlan &plan,
                    const ScaleChooser::Options &options) {
  auto fail = [&](const Twine &message) {
    return emitError(function.getLoc()) << message;
  };
  llvm::Expected<std::vector<Entry>> entries = readEntries(path);
  if (!entries)
    return fail(llvm::toString(entries.takeError()));
  llvm::StringMap<SmallVector<const Entry *>> byName;
  // Names cannot contain the separator.
  for (const Entry &entry : llvm::reverse(*entries))
    byName[llvm::join(entry.names, StringRef("\0", 1))].push_back(&entry);
  SmallVector<ChannelQuantization, 0> channels(plan.getNumChannels());
  for (const QuantizationRoot &root : plan.getRoots()) {
    std::vector<std::string> names = getReportNames(root.value.getLoc());
    SmallVector<const Entry *> &found =
        byName[llvm::join(names, StringRef("\0", 1))];
    if (found.empty())
      return fail("'" + path + "' has no scales for the value " +
                  describe(names));
    const Entry &entry = *found.pop_back_val();
    std::string mistake = findMistake(entry, root, options);
    if (!mistake.empty())
      return fail("'" + path + "': the scales of the value " + describe(names) +
                  " " + mistake);
    for (size_t c = 0; c < root.channels.size(); ++c)
      channels[root.firstChannel + c] = {entry.scales[c], entry.zeroPoints[c]};
  }
  for (const Entry &entry : *entries)
    if (!byName[llvm::join(entry.names, StringRef("\0", 1))].empty())
      return fail("'" + path + "' has scales for the value " +
                  describe(entry.names) +
                  ", which the network does not quantize");
  return channels;
}
