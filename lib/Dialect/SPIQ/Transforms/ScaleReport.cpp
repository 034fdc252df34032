//===- ScaleReport.cpp - Scales as JSON -----------------------------------===//
//
// Writes what scale derivation chose.
//
//===----------------------------------------------------------------------===//

#include "ScaleReport.h"

#include "mlir/Support/FileUtilities.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/ToolOutputFile.h"

using namespace mlir;
using namespace spiq;

std::vector<std::string> spiq::getReportNames(Location loc) {
  std::vector<std::string> names;
  loc->walk([&](Location part) {
    if (auto name = dyn_cast<NameLoc>(part))
      names.push_back(llvm::json::fixUTF8(name.getName().getValue()));
    return WalkResult::advance();
  });
  return names;
}

static void writeNames(llvm::json::OStream &json, Location loc) {
  json.attributeArray("names", [&] {
    for (const std::string &name : getReportNames(loc))
      json.value(name);
  });
}

static void writeValue(llvm::json::OStream &json, const QuantizationRoot &root,
                       ArrayRef<ChannelQuantization> channels,
                       std::optional<int64_t> group) {
  writeNames(json, root.value.getLoc());
  json.attributeArray("shape", [&] {
    for (int64_t size : cast<ShapedType>(root.value.getType()).getShape())
      json.value(size);
  });
  json.attribute("bits", root.bits);
  if (group)
    json.attribute("group", *group);
  json.attributeArray("scales", [&] {
    for (const ChannelQuantization &channel : channels)
      json.value(channel.scale);
  });
  json.attributeArray("zero_points", [&] {
    for (const ChannelQuantization &channel : channels)
      json.value(channel.zeroPoint);
  });
}

static void writeReport(llvm::raw_ostream &os, const QuantizationPlan &plan,
                        const ScaleChoice &choice) {
  llvm::json::OStream json(os, /*IndentSize=*/1);
  DenseMap<unsigned, int64_t> groupOf;
  for (auto [index, group] : llvm::enumerate(choice.groups))
    for (unsigned root : group.roots)
      groupOf[root] = index;
  json.object([&] {
    json.attributeArray("values", [&] {
      for (auto [index, root] : llvm::enumerate(plan.getRoots()))
        json.object([&, &root = root, &index = index] {
          writeValue(json, root,
                     ArrayRef(choice.channels)
                         .slice(root.firstChannel, root.channels.size()),
                     choice.groups.empty()
                         ? std::nullopt
                         : std::optional(groupOf.lookup(index)));
        });
    });
    json.attributeArray("groups", [&] {
      for (const ScaleGroup &group : choice.groups)
        json.object([&] {
          json.attribute("exponent", group.exponent);
          json.attribute("shift", group.shift);
          json.attribute("predicted_error", group.error);
        });
    });
    json.attributeArray("layers", [&] {
      for (LinearOpInterface layer : plan.getIntegerLayers())
        json.object([&] {
          writeNames(json, layer->getLoc());
          json.attribute("weight_bits", plan.getWeightBits(layer));
        });
    });
  });
}

LogicalResult spiq::writeScaleReport(StringRef path,
                                     const QuantizationPlan &plan,
                                     const ScaleChoice &choice,
                                     std::string &error) {
  std::unique_ptr<llvm::ToolOutputFile> file = openOutputFile(path, &error);
  if (!file)
    return failure();
  writeReport(file->os(), plan, choice);
  file->keep();
  return success();
}
