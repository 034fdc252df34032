//===- SplitRows.cpp - spiq-split-rows ------------------------------------===//
//
// Computes a pointwise convolution and the depthwise one behind it in bands of
// rows, so that what lies between them stays small.
//
//===----------------------------------------------------------------------===//

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"
#include "spiq/Dialect/SPIQ/Transforms/Passes.h"

#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "llvm/Support/MathExtras.h"

namespace spiq {
#define GEN_PASS_DEF_SPIQSPLITROWS
#include "spiq/Dialect/SPIQ/Transforms/Passes.h.inc"
} // namespace spiq

using namespace mlir;
using namespace spiq;

namespace {
/// Rows `begin` to `end - 1` of an image, between rows of padding.
struct Rows {
  int64_t begin, end;
  int64_t top = 0, bottom = 0;

  int64_t size() const { return end - begin; }
};
} // namespace

/// The rows of its input that `op` reads for the rows `output` of its result.
static Rows getInputRows(Conv2DOp op, const Rows &output) {
  int64_t height = op.getInput().getType().getDimSize(1);
  int64_t span =
      (op.getWeights().getType().getDimSize(1) - 1) * op.getDilations()[0] + 1;
  int64_t begin = output.begin * op.getStrides()[0] - op.getPadding()[0];
  int64_t end =
      (output.end - 1) * op.getStrides()[0] - op.getPadding()[0] + span;
  return {std::max<int64_t>(begin, 0), std::min(end, height),
          std::max<int64_t>(-begin, 0), std::max<int64_t>(end - height, 0)};
}

/// Bands of nearly equal size.
static SmallVector<Rows> getBands(int64_t height, int64_t numBands) {
  SmallVector<Rows> bands;
  for (int64_t begin = 0; begin < height; begin = bands.back().end)
    bands.push_back(
        {begin, std::min(height, begin + static_cast<int64_t>(llvm::divideCeil(
                                             height, numBands)))});
  return bands;
}

/// The pointwise convolution in front of the depthwise `op`, if nothing else
/// reads its result.
static Conv2DOp findPointwise(Conv2DOp op) {
  auto producer = op.getInput().getDefiningOp<Conv2DOp>();
  if (!producer || !producer->hasOneUse() || !op.isDepthwise() ||
      !getQuantizedElementType(op.getType()) ||
      !getQuantizedElementType(producer.getType()))
    return nullptr;
  bool isPointwise =
      producer.getWeights().getType().getDimSize(1) == 1 &&
      producer.getWeights().getType().getDimSize(2) == 1 &&
      llvm::all_of(producer.getPadding(), [](int64_t pad) { return pad == 0; });
  return isPointwise ? producer : nullptr;
}

static SmallVector<OpFoldResult> toAttributes(OpBuilder &b,
                                              ArrayRef<int64_t> values) {
  return getAsIndexOpFoldResult(b.getContext(), values);
}

/// The rows `rows` of the quantized `image`; null if that is null.
static Value extractRows(ImplicitLocOpBuilder &b, Value image,
                         const Rows &rows) {
  if (!image)
    return nullptr;
  auto type = cast<RankedTensorType>(image.getType());
  SmallVector<int64_t> shape(type.getShape());
  shape[1] = rows.size();
  Value stored =
      quant::StorageCastOp::create(b, type.clone(b.getI8Type()), image);
  Value slice = tensor::ExtractSliceOp::create(
      b, stored, toAttributes(b, {0, rows.begin, 0, 0}), toAttributes(b, shape),
      toAttributes(b, {1, 1, 1, 1}));
  return quant::StorageCastOp::create(b, type.clone(shape), slice);
}

/// The rows `output` of the result of `op`, computed from the rows `input` that
/// `image` holds.
static Value createBand(ImplicitLocOpBuilder &b, Conv2DOp op, Value image,
                        const Rows &input, const Rows &output) {
  SmallVector<int64_t> shape(op.getType().getShape());
  shape[1] = output.size();
  ArrayRef<int64_t> padding = op.getPadding();
  // Profiles tell layers apart by their locations.
  std::string name =
      ("rows " + Twine(output.begin) + ".." + Twine(output.end - 1)).str();
  b.setLoc(b.getFusedLoc({op.getLoc(), NameLoc::get(b.getStringAttr(name))}));
  return Conv2DOp::create(
      b, op.getType().clone(shape), image, op.getWeights(), op.getBias(),
      extractRows(b, op.getResidual(), output), op.getStrides(),
      ArrayRef<int64_t>{input.top, input.bottom, padding[2], padding[3]},
      op.getDilations(), op.getGroups(), op.getClampMinAttr(),
      op.getClampMaxAttr(), op.getActivationAttr(), op.getStatsAttr());
}

namespace {
class SPIQSplitRows : public spiq::impl::SPIQSplitRowsBase<SPIQSplitRows> {
public:
  using SPIQSplitRowsBase::SPIQSplitRowsBase;

  void runOnOperation() override {
    if (bandBytes < 1 || maxOverlap < 0) {
      getOperation()->emitError()
          << "expects 'band-bytes' of at least 1 and 'max-overlap' of at least "
             "0, got "
          << bandBytes.getValue() << " and " << maxOverlap.getValue();
      return signalPassFailure();
    }
    SmallVector<Conv2DOp> candidates;
    getOperation()->walk([&](Conv2DOp op) {
      if (findPointwise(op))
        candidates.push_back(op);
    });
    for (Conv2DOp op : candidates) {
      Conv2DOp pointwise = findPointwise(op);
      SmallVector<Rows> bands = chooseBands(op, pointwise);
      if (bands.size() == 1)
        continue;
      split(op, pointwise, bands);
      ++numLayers;
      numBands += bands.size();
    }
  }

private:
  SmallVector<Rows> chooseBands(Conv2DOp op, Conv2DOp pointwise);
  void split(Conv2DOp op, Conv2DOp pointwise, ArrayRef<Rows> bands);
};
} // namespace

/// The fewest bands that keep the value between both layers small, or fewer if
/// their overlaps would cost too much.
SmallVector<Rows> SPIQSplitRows::chooseBands(Conv2DOp op, Conv2DOp pointwise) {
  int64_t bytes = pointwise.getType().getNumElements();
  int64_t height = pointwise.getType().getDimSize(1);
  int64_t outputHeight = op.getType().getDimSize(1);
  auto computesFewTwice = [&](ArrayRef<Rows> bands) {
    int64_t computed = 0;
    for (const Rows &band : bands)
      computed += getInputRows(op, band).size();
    return static_cast<double>(computed - height) <=
           maxOverlap * static_cast<double>(height);
  };
  int64_t numBands =
      std::min<int64_t>(llvm::divideCeil(bytes, bandBytes), outputHeight);
  SmallVector<Rows> bands = getBands(outputHeight, numBands);
  while (bands.size() > 1 && !computesFewTwice(bands))
    bands = getBands(outputHeight, bands.size() - 1);
  return bands;
}

void SPIQSplitRows::split(Conv2DOp op, Conv2DOp pointwise,
                          ArrayRef<Rows> bands) {
  ImplicitLocOpBuilder b(op.getLoc(), op);
  RankedTensorType type = op.getType();
  Value stored = tensor::EmptyOp::create(b, type.getShape(), b.getI8Type());
  for (const Rows &band : bands) {
    Rows middle = getInputRows(op, band);
    Rows inner = {middle.begin, middle.end};
    Rows input = getInputRows(pointwise, inner);
    Value image =
        createBand(b, pointwise, extractRows(b, pointwise.getInput(), input),
                   input, inner);
    image = createBand(b, op, image, middle, band);
    b.setLoc(op.getLoc());
    image = quant::StorageCastOp::create(
        b, cast<RankedTensorType>(image.getType()).clone(b.getI8Type()), image);
    stored = tensor::InsertSliceOp::create(
        b, image, stored, toAttributes(b, {0, band.begin, 0, 0}),
        toAttributes(b, cast<RankedTensorType>(image.getType()).getShape()),
        toAttributes(b, {1, 1, 1, 1}));
  }
  Value result = quant::StorageCastOp::create(b, type, stored);
  op.replaceAllUsesWith(result);
  op.erase();
  pointwise.erase();
}
