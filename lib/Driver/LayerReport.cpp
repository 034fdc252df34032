//===- LayerReport.cpp - Layers of a network for the report -----*- C++ -*-===//
//
// Describes the layers of a network as JSON.
//
//===----------------------------------------------------------------------===//

#include "LayerReport.h"

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"
#include "spiq/Dialect/SPIQ/Transforms/PredictedNoise.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace spiq {

static llvm::json::Array getNames(Operation *op) {
  llvm::json::Array names;
  op->getLoc()->walk([&](Location part) {
    if (auto name = dyn_cast<NameLoc>(part))
      names.push_back(llvm::json::fixUTF8(name.getName().getValue()));
    return WalkResult::advance();
  });
  return names;
}

static bool isLayer(Operation *op) {
  return isa_and_nonnull<SPIQDialect>(op->getDialect()) &&
         op->getNumResults() == 1 && !getNames(op).empty();
}

/// The names of the layers that compute what `op` reads, behind casts,
/// movements and other operations that are no layers.
static llvm::json::Array getInputs(Operation *op) {
  llvm::json::Array names;
  SmallVector<Value> pending(llvm::reverse(op->getOperands()));
  llvm::SmallPtrSet<Operation *, 8> seen;
  while (!pending.empty()) {
    Operation *source = pending.pop_back_val().getDefiningOp();
    if (!source || !seen.insert(source).second)
      continue;
    if (isLayer(source))
      names.push_back(getNames(source).back());
    else
      llvm::append_range(pending, llvm::reverse(source->getOperands()));
  }
  return names;
}

/// Bits of the stored integers of `type`; none if they are not quantized.
static std::optional<int64_t> getBits(Type type) {
  quant::QuantizedType quantized = getQuantizedElementType(type);
  if (!quantized || !isQuantizedByte(quantized))
    return std::nullopt;
  return llvm::Log2_64_Ceil(quantized.getStorageTypeMax() -
                            quantized.getStorageTypeMin() + 1);
}

static llvm::json::Object describeLayer(Operation *op) {
  llvm::json::Object layer{{"names", getNames(op)},
                           {"op", op->getName().stripDialect()},
                           {"inputs", getInputs(op)}};
  if (auto linear = dyn_cast<LinearOpInterface>(op))
    if (auto bits = getBits(linear.getWeightsOperand().get().getType()))
      layer["weight_bits"] = *bits;
  if (auto bits = getBits(op->getResult(0).getType()))
    layer["bits"] = *bits;
  if (auto decibels = op->getAttrOfType<FloatAttr>(predictedSQNRName))
    layer["predicted_sqnr_db"] = decibels.getValueAsDouble();
  return layer;
}

SmallVector<std::optional<double>> getPredictions(ModuleOp module) {
  SmallVector<std::optional<double>> predictions;
  for (auto function : module.getOps<func::FuncOp>()) {
    if (!function.isPublic() || function.isExternal())
      continue;
    for (unsigned index = 0; index < function.getNumResults(); ++index) {
      auto decibels =
          function.getResultAttrOfType<FloatAttr>(index, predictedSQNRName);
      predictions.push_back(
          decibels ? std::optional(decibels.getValueAsDouble()) : std::nullopt);
    }
    break;
  }
  return predictions;
}

llvm::json::Array describeLayers(ModuleOp module) {
  llvm::json::Array layers;
  module.walk([&](Operation *op) {
    if (isLayer(op))
      layers.push_back(describeLayer(op));
  });
  return layers;
}

} // namespace spiq
