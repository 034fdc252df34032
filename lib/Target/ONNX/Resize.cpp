//===- Resize.cpp - Import of interpolation -------------------------------===//

#include "OpTable.h"
#include "spiq/Dialect/SPIQ/IR/SPIQ.h"
#include "llvm/ADT/StringSwitch.h"
#include <cmath>

using namespace mlir;
using namespace spiq;
using namespace spiq::onnx_import;

namespace {
/// What a resize does to each dimension of the input, in ONNX's order.
struct ResizeSizes {
  SmallVector<float> scales;
  SmallVector<int64_t> output;
  /// The scales were given, so that they map coordinates, not the sizes.
  bool fromScales = false;
};
} // namespace

/// Applies scales or sizes given for `axes` only to all dimensions.
static LogicalResult setScales(NodeImporter &node, ArrayRef<int64_t> axes,
                               ArrayRef<float> scales, ResizeSizes &sizes) {
  if (scales.size() != axes.size())
    return node.reject("there are " + Twine(scales.size()) +
                       " scales, expected " + Twine(axes.size()));
  for (auto [axis, scale] : llvm::zip_equal(axes, scales)) {
    if (!std::isfinite(scale) || scale <= 0.0f || scale > 1e6f)
      return node.reject("a scale is " + formatNumber(scale) +
                         ", expected a positive number up to 1e6");
    sizes.scales[axis] = scale;
    sizes.output[axis] = static_cast<int64_t>(
        std::floor(static_cast<float>(node.getShape(0)[axis]) * scale));
  }
  sizes.fromScales = true;
  return success();
}

static LogicalResult setSizes(NodeImporter &node, ArrayRef<int64_t> axes,
                              ArrayRef<int64_t> wanted, ResizeSizes &sizes) {
  if (wanted.size() != axes.size())
    return node.reject("there are " + Twine(wanted.size()) +
                       " sizes, expected " + Twine(axes.size()));
  for (auto [axis, size] : llvm::zip_equal(axes, wanted)) {
    sizes.output[axis] = size;
    sizes.scales[axis] =
        static_cast<float>(size) / static_cast<float>(node.getShape(0)[axis]);
  }
  return success();
}

/// Input `index` if it is there and not the empty tensor that stands for an
/// omitted one.
static FailureOr<std::optional<ConstantTensor>>
getOptionalConstant(NodeImporter &node, size_t index, StringRef name) {
  if (!node.hasInput(index))
    return std::optional<ConstantTensor>();
  FailureOr<ConstantTensor> constant = node.getConstant(index, name);
  if (failed(constant))
    return failure();
  if (constant->getNumElements() == 0)
    return std::optional<ConstantTensor>();
  return std::optional<ConstantTensor>(*constant);
}

/// Reads scales or sizes, wherever the operator set has them.
static FailureOr<ResizeSizes> readSizes(NodeImporter &node) {
  ArrayRef<int64_t> shape = node.getShape(0);
  int64_t rank = shape.size();
  ResizeSizes result;
  result.scales.assign(rank, 1.0f);
  result.output = llvm::to_vector(shape);
  SmallVector<int64_t> axes;
  for (int64_t axis : node.getInts("axes", getIdentityOrder(rank))) {
    FailureOr<int64_t> normalized = node.normalizeAxis(axis, rank);
    if (failed(normalized))
      return failure();
    axes.push_back(*normalized);
  }
  if (node.hasAttribute("scales")) {
    SmallVector<float> scales = node.getFloats("scales");
    if (failed(setScales(node, axes, scales, result)))
      return failure();
    return result;
  }
  bool hasRoi = node.getOpType() == "Resize" && node.getOpset() >= 11;
  auto scales = getOptionalConstant(node, hasRoi ? 2 : 1, "scales");
  if (failed(scales))
    return failure();
  if (*scales) {
    if (failed(setScales(node, axes, (*scales)->getFloats(), result)))
      return failure();
    return result;
  }
  auto sizes = hasRoi ? getOptionalConstant(node, 3, "sizes")
                      : FailureOr(std::optional<ConstantTensor>());
  if (failed(sizes))
    return failure();
  if (!*sizes)
    return node.reject("there are neither scales nor sizes");
  if (failed(setSizes(node, axes, (*sizes)->getInts(), result)))
    return failure();
  return result;
}

/// Resizes the image; only the spatial dimensions may change.
static LogicalResult buildResize(NodeImporter &node, const ResizeSizes &sizes,
                                 ResizeMode mode, CoordinateMode coordinates,
                                 NearestMode nearest) {
  ArrayRef<int64_t> shape = node.getShape(0);
  FailureOr<Value> image = node.getImage(0);
  if (failed(image))
    return failure();
  for (size_t dim = 0; dim < 2; ++dim)
    if (sizes.output[dim] != shape[dim])
      return node.reject("dimension " + Twine(dim) + " changes from " +
                         Twine(shape[dim]) + " to " + Twine(sizes.output[dim]) +
                         "; only spatial dimensions can be resized");
  SmallVector<int64_t> output(sizes.output.begin() + 2, sizes.output.end());
  SmallVector<float> scales(sizes.scales.begin() + 2, sizes.scales.end());
  if (output.size() == 1) {
    output.insert(output.begin(), 1);
    scales.insert(scales.begin(), 1.0f);
  }
  SmallVector<int64_t> result{shape[0], output[0], output[1], shape[1]};
  if (llvm::any_of(output, [](int64_t size) { return size < 1; }) ||
      !getNumElements(result))
    return node.reject("the result of shape " + formatShape(result) +
                       " is empty or too large");
  // Scales that are the ratios of the sizes need not be stated.
  bool isRatio = true;
  ArrayRef<int64_t> input = cast<RankedTensorType>(image->getType()).getShape();
  for (size_t dim = 0; dim < 2; ++dim)
    isRatio &= static_cast<float>(input[dim + 1]) * scales[dim] ==
               static_cast<float>(output[dim]);
  DenseF32ArrayAttr scalesAttr;
  if (sizes.fromScales && !isRatio)
    scalesAttr = node.getBuilder().getDenseF32ArrayAttr(scales);
  Value resized = ResizeOp::create(node.getBuilder(), node.getLoc(),
                                   node.tensors.getFloatType(result), mode,
                                   *image, coordinates, nearest, scalesAttr);
  return node.setImageResult(resized, shape.size());
}

static FailureOr<ResizeMode> readMode(NodeImporter &node) {
  StringRef mode = node.getString("mode", "nearest");
  if (mode == "nearest")
    return ResizeMode::Nearest;
  if (mode == "linear" || mode == "bilinear")
    return ResizeMode::Linear;
  return node.reject("mode '" + mode +
                     "' is not supported; supported are nearest and linear");
}

/// Upsample, and Resize in operator set 10: coordinates are divided by the
/// scale; nearest rounds up when shrinking and down otherwise.
LogicalResult spiq::onnx_import::importUpsample(NodeImporter &node) {
  FailureOr<ResizeMode> mode = readMode(node);
  if (failed(mode) || failed(node.expectFloat(0)))
    return failure();
  FailureOr<ResizeSizes> sizes = readSizes(node);
  if (failed(sizes))
    return failure();
  bool shrinks = llvm::any_of(sizes->scales, [](float s) { return s < 1.0f; });
  bool grows = llvm::any_of(sizes->scales, [](float s) { return s > 1.0f; });
  if (shrinks && grows && *mode == ResizeMode::Nearest)
    return node.reject("one dimension grows and the other shrinks, which "
                       "operator set 10 rounds in different ways");
  return buildResize(node, *sizes, *mode, CoordinateMode::Asymmetric,
                     shrinks ? NearestMode::Ceil : NearestMode::Floor);
}

LogicalResult spiq::onnx_import::importResize(NodeImporter &node) {
  if (node.getOpset() < 11)
    return importUpsample(node);
  FailureOr<ResizeMode> mode = readMode(node);
  if (failed(mode) || failed(node.expectFloat(0)))
    return failure();
  if (node.getInt("antialias", 0) != 0)
    return node.reject("antialias is not supported");
  if (node.getInt("exclude_outside", 0) != 0)
    return node.reject("exclude_outside is not supported");
  StringRef policy = node.getString("keep_aspect_ratio_policy", "stretch");
  if (policy != "stretch")
    return node.reject("keep_aspect_ratio_policy '" + policy +
                       "' is not supported");
  StringRef coordinateName =
      node.getString("coordinate_transformation_mode", "half_pixel");
  auto coordinates =
      llvm::StringSwitch<std::optional<CoordinateMode>>(coordinateName)
          .Case("half_pixel", CoordinateMode::HalfPixel)
          .Case("pytorch_half_pixel", CoordinateMode::PytorchHalfPixel)
          .Case("align_corners", CoordinateMode::AlignCorners)
          .Case("asymmetric", CoordinateMode::Asymmetric)
          .Default(std::nullopt);
  if (!coordinates)
    return node.reject("coordinate_transformation_mode '" + coordinateName +
                       "' is not supported");
  StringRef nearestName = node.getString("nearest_mode", "round_prefer_floor");
  auto nearest = llvm::StringSwitch<std::optional<NearestMode>>(nearestName)
                     .Case("round_prefer_floor", NearestMode::RoundPreferFloor)
                     .Case("round_prefer_ceil", NearestMode::RoundPreferCeil)
                     .Case("floor", NearestMode::Floor)
                     .Case("ceil", NearestMode::Ceil)
                     .Default(std::nullopt);
  if (!nearest)
    return node.reject("nearest_mode '" + nearestName + "' is not supported");
  FailureOr<ResizeSizes> sizes = readSizes(node);
  if (failed(sizes))
    return failure();
  return buildResize(node, *sizes, *mode, *coordinates, *nearest);
}
