//===- ResizePatterns.cpp - Interpolation ---------------------------------===//
//
// Lowers spiq.resize. Coordinates are computed at compile time.
//
//===----------------------------------------------------------------------===//

#include "Elementwise.h"
#include "Patterns.h"
#include "Tensors.h"

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

#include <cmath>

using namespace mlir;

namespace spiq {

//===----------------------------------------------------------------------===//
// Coordinates
//===----------------------------------------------------------------------===//

/// The input coordinates that the output positions along dimension `dim` (0 or
/// 1) map to, in double precision.
static SmallVector<double> getCoordinates(ResizeOp op, int dim) {
  int64_t inputSize = getShape(op.getInput())[dim + 1];
  int64_t outputSize = getShape(op.getOutput())[dim + 1];
  double scale = op.getScales() ? double((*op.getScales())[dim])
                                : double(outputSize) / inputSize;
  SmallVector<double> coordinates;
  for (int64_t out = 0; out < outputSize; ++out) {
    double coordinate = 0.0;
    switch (op.getCoordinateMode()) {
    case CoordinateMode::HalfPixel:
      coordinate = (out + 0.5) / scale - 0.5;
      break;
    case CoordinateMode::PytorchHalfPixel:
      coordinate = outputSize > 1 ? (out + 0.5) / scale - 0.5 : 0.0;
      break;
    case CoordinateMode::AlignCorners:
      coordinate = outputSize > 1
                       ? double(out * (inputSize - 1)) / (outputSize - 1)
                       : 0.0;
      break;
    case CoordinateMode::Asymmetric:
      coordinate = out / scale;
      break;
    }
    coordinates.push_back(coordinate);
  }
  return coordinates;
}

static double roundCoordinate(NearestMode mode, double coordinate) {
  switch (mode) {
  case NearestMode::RoundPreferFloor:
    return std::ceil(coordinate - 0.5);
  case NearestMode::RoundPreferCeil:
    return std::floor(coordinate + 0.5);
  case NearestMode::Floor:
    return std::floor(coordinate);
  case NearestMode::Ceil:
    return std::ceil(coordinate);
  }
  llvm_unreachable("all modes are handled");
}

static double clampCoordinate(double coordinate, int64_t size) {
  return std::clamp(coordinate, 0.0, double(size - 1));
}

/// The input row or column that each output position copies.
static SmallVector<int64_t> getNearest(ResizeOp op, int dim) {
  SmallVector<int64_t> nearest;
  for (double coordinate : getCoordinates(op, dim))
    nearest.push_back(
        clampCoordinate(roundCoordinate(op.getNearestMode(), coordinate),
                        getShape(op.getInput())[dim + 1]));
  return nearest;
}

namespace {
/// The two neighbours of each output position and the weight of the second.
struct Neighbours {
  SmallVector<int64_t> low, high;
  SmallVector<float> fraction;

  Neighbours(ResizeOp op, int dim) {
    int64_t size = getShape(op.getInput())[dim + 1];
    for (double coordinate : getCoordinates(op, dim)) {
      coordinate = clampCoordinate(coordinate, size);
      low.push_back(std::floor(coordinate));
      high.push_back(std::min(low.back() + 1, size - 1));
      fraction.push_back(coordinate - low.back());
    }
  }
};
} // namespace

/// Adds row or column numbers as an operand along dimension `dim + 1`.
static ElementwiseOperand addIndices(ElementwiseOpBuilder &builder, int dim,
                                     ArrayRef<int64_t> indices) {
  return builder.addIntegers(dim + 1,
                             [&](int64_t out) { return indices[out]; });
}

/// Reads the pixel at (`row`, `column`) of the current image and channel.
static Value loadPixel(ElementBuilder &body, Value image, Value row,
                       Value column) {
  auto toIndex = [&](Value value) -> Value {
    return arith::IndexCastOp::create(body.builder, body.loc,
                                      body.builder.getIndexType(), value);
  };
  Value n = linalg::IndexOp::create(body.builder, body.loc, 0);
  Value c = linalg::IndexOp::create(body.builder, body.loc, 3);
  return tensor::ExtractOp::create(
      body.builder, body.loc, image,
      ValueRange{n, toIndex(row), toIndex(column), c});
}

//===----------------------------------------------------------------------===//
// Nearest
//===----------------------------------------------------------------------===//

/// The factor k if output position o copies position o / k for every o.
static std::optional<int64_t> getRepetition(ArrayRef<int64_t> nearest,
                                            int64_t inputSize) {
  int64_t outputSize = nearest.size();
  if (outputSize % inputSize != 0)
    return std::nullopt;
  int64_t factor = outputSize / inputSize;
  for (auto [out, in] : llvm::enumerate(nearest))
    if (in != int64_t(out) / factor)
      return std::nullopt;
  return factor;
}

/// Repeats each pixel `rows` x `columns` times: a broadcast into
/// N x H x rows x W x columns x C, which loops need no index tables for.
static Value repeatPixels(OpBuilder &builder, Location loc, Value image,
                          int64_t rows, int64_t columns) {
  ArrayRef<int64_t> shape = getShape(image);
  SmallVector<int64_t> repeated = {shape[0], shape[1], rows,
                                   shape[2], columns,  shape[3]};
  Value init =
      tensor::EmptyOp::create(builder, loc, repeated, getElementType(image));
  Value result = linalg::BroadcastOp::create(builder, loc, image, init, {2, 4})
                     ->getResult(0);
  return reshape(builder, loc, result,
                 {shape[0], shape[1] * rows, shape[2] * columns, shape[3]});
}

namespace {
struct LowerNearestResize : OpConversionPattern<ResizeOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(ResizeOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    if (op.getMode() != ResizeMode::Nearest)
      return failure();
    ArrayRef<int64_t> shape = getShape(op.getInput());
    Value image = adaptor.getInput();
    auto rows = getNearest(op, 0), columns = getNearest(op, 1);
    auto rowFactor = getRepetition(rows, shape[1]);
    auto columnFactor = getRepetition(columns, shape[2]);
    if (rowFactor && columnFactor) {
      rewriter.replaceOp(op, repeatPixels(rewriter, op.getLoc(), image,
                                          *rowFactor, *columnFactor));
      return success();
    }
    ElementwiseOpBuilder builder(
        rewriter, op.getLoc(), getShape(op.getOutput()), getElementType(image));
    auto row = addIndices(builder, 0, rows);
    auto column = addIndices(builder, 1, columns);
    rewriter.replaceOp(op, builder.build([&](ElementBuilder &body) {
      return loadPixel(body, image, row.load(body), column.load(body));
    }));
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Linear
//===----------------------------------------------------------------------===//

/// The weighted sum of four pixels, of which `load` reads one in f32.
class LinearInterpolation {
public:
  LinearInterpolation(ResizeOp op, ElementwiseOpBuilder &builder)
      : rows(op, 0), columns(op, 1), rowLow(addIndices(builder, 0, rows.low)),
        rowHigh(addIndices(builder, 0, rows.high)),
        columnLow(addIndices(builder, 1, columns.low)),
        columnHigh(addIndices(builder, 1, columns.high)) {
    auto add = [&](int dim, ArrayRef<float> fractions, bool isComplement) {
      return builder.addFloats(dim + 1, [=](int64_t out) {
        return isComplement ? 1.0f - fractions[out] : fractions[out];
      });
    };
    rowWeight = add(0, rows.fraction, false);
    rowComplement = add(0, rows.fraction, true);
    columnWeight = add(1, columns.fraction, false);
    columnComplement = add(1, columns.fraction, true);
  }

  Value apply(ElementBuilder &body,
              llvm::function_ref<Value(Value row, Value column)> load) const {
    auto blend = [&](Value first, Value second, Value complement,
                     Value weight) {
      return body.add(body.mul(first, complement), body.mul(second, weight));
    };
    auto blendRow = [&](Value row) {
      return blend(load(row, columnLow.load(body)),
                   load(row, columnHigh.load(body)),
                   columnComplement.load(body), columnWeight.load(body));
    };
    Value top = blendRow(rowLow.load(body));
    Value bottom = blendRow(rowHigh.load(body));
    return blend(top, bottom, rowComplement.load(body), rowWeight.load(body));
  }

private:
  Neighbours rows, columns;
  ElementwiseOperand rowLow, rowHigh, columnLow, columnHigh;
  ElementwiseOperand rowWeight, rowComplement, columnWeight, columnComplement;
};

struct LowerFloatLinearResize : OpConversionPattern<ResizeOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(ResizeOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    if (op.getMode() != ResizeMode::Linear ||
        getQuantizedElementType(op.getInput().getType()))
      return failure();
    ElementwiseOpBuilder builder(
        rewriter, op.getLoc(), getShape(op.getOutput()), rewriter.getF32Type());
    LinearInterpolation interpolation(op, builder);
    rewriter.replaceOp(op, builder.build([&](ElementBuilder &body) {
      return interpolation.apply(body, [&](Value row, Value column) {
        return loadPixel(body, adaptor.getInput(), row, column);
      });
    }));
    return success();
  }
};

/// Each of the four pixels counts as f32(q - zx) * f32(sx / sy).
struct LowerIntegerLinearResize : OpConversionPattern<ResizeOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(ResizeOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    if (op.getMode() != ResizeMode::Linear ||
        !getQuantizedElementType(op.getInput().getType()))
      return failure();
    auto inputView = QuantizationView::ofTensor(op.getInput().getType());
    auto view = QuantizationView::ofTensor(op.getOutput().getType());
    ElementwiseOpBuilder builder(
        rewriter, op.getLoc(), getShape(op.getOutput()), rewriter.getI8Type());
    LinearInterpolation interpolation(op, builder);
    int64_t axis = builder.getLastAxis();
    auto zeroPoint = builder.addIntegers(
        axis, [&](int64_t c) { return inputView.getZeroPoint(c); });
    auto multiplier = builder.addFloats(axis, [&](int64_t c) {
      return getRequantizationMultiplier(inputView.getScale(c),
                                         view.getScale(c));
    });
    ResultQuantizer result(builder, view, axis);
    rewriter.replaceOp(op, builder.build([&](ElementBuilder &body) {
      auto load = [&](Value row, Value column) {
        Value q = body.extend(loadPixel(body, adaptor.getInput(), row, column),
                              inputView.isSigned());
        if (!zeroPoint.isConstant(0))
          q = body.sub(q, zeroPoint.load(body));
        return body.mul(body.toFloat(q), multiplier.load(body));
      };
      return result.quantize(body, interpolation.apply(body, load));
    }));
    return success();
  }
};
} // namespace

void populateResizePatterns(const TypeConverter &converter,
                            RewritePatternSet &patterns) {
  patterns.add<LowerNearestResize, LowerFloatLinearResize,
               LowerIntegerLinearResize>(converter, patterns.getContext());
}

} // namespace spiq
