//===- Linear.cpp - Import of matrix products -----------------------------===//

#include "Elementwise.h"
#include "OpTable.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "spiq/Dialect/SPIQ/IR/SPIQ.h"

using namespace mlir;
using namespace spiq;
using namespace spiq::onnx_import;

static Value buildFullyConnected(const TensorBuilder &tensors, Value input,
                                 Value weights, Value bias) {
  int64_t rows = cast<RankedTensorType>(input.getType()).getDimSize(0);
  int64_t outputs = cast<RankedTensorType>(weights.getType()).getDimSize(0);
  return FullyConnectedOp::create(
      tensors.getBuilder(), tensors.getLoc(),
      tensors.getFloatType({rows, outputs}), input, weights, bias,
      /*clamp_min=*/FloatAttr(), /*clamp_max=*/FloatAttr(),
      /*activation=*/ActivationAttr(), /*stats=*/ChannelStatsAttr());
}

static ConstantTensor scale(const ConstantTensor &tensor, float factor) {
  std::vector<float> values = tensor.getFloats();
  for (float &value : values)
    value *= factor;
  return ConstantTensor::fromFloats(tensor.getShape(), values);
}

//===----------------------------------------------------------------------===//
// Flattened images
//===----------------------------------------------------------------------===//

namespace {
/// A matrix `rows x (C * pixels)` that is an N x H x W x C image in ONNX's
/// order: flattened behind a transposition.
struct FlattenedImage {
  Value image;
  int64_t pixels, channels;
};
} // namespace

/// Recognizes `collapse(transpose(image))`. The transposition is only there to
/// serve ONNX's order; permuting the weights instead saves it.
static std::optional<FlattenedImage> matchFlattenedImage(Value matrix) {
  auto collapse = matrix.getDefiningOp<tensor::CollapseShapeOp>();
  if (!collapse)
    return std::nullopt;
  auto transpose = collapse.getSrc().getDefiningOp<linalg::TransposeOp>();
  if (!transpose || transpose.getPermutation() != ArrayRef<int64_t>{0, 3, 1, 2})
    return std::nullopt;
  Value image = transpose.getInput();
  ArrayRef<int64_t> shape = cast<RankedTensorType>(image.getType()).getShape();
  ArrayRef<int64_t> flat = cast<RankedTensorType>(matrix.getType()).getShape();
  if (flat.size() != 2 || flat[0] != shape[0])
    return std::nullopt;
  return FlattenedImage{image, shape[1] * shape[2], shape[3]};
}

/// The product of input 0 with constant `O x I` weights.
static Value buildLayer(NodeImporter &node, Value input, ConstantTensor weights,
                        Value bias) {
  if (auto flattened = matchFlattenedImage(input)) {
    int64_t outputs = weights.getShape()[0];
    int64_t pixels = flattened->pixels, channels = flattened->channels;
    int64_t rows = cast<RankedTensorType>(input.getType()).getDimSize(0);
    weights = weights.reshape({outputs, channels, pixels})
                  .transpose({0, 2, 1})
                  .reshape({outputs, pixels * channels});
    input = node.tensors.reshape(flattened->image, {rows, pixels * channels});
  }
  return buildFullyConnected(node.tensors, input,
                             node.tensors.constant(weights), bias);
}

//===----------------------------------------------------------------------===//
// Gemm
//===----------------------------------------------------------------------===//

/// The summand of Gemm as a bias vector times `beta`, if it is a constant that
/// is the same for all rows.
static std::optional<Value> getGemmBias(NodeImporter &node, int64_t outputs,
                                        float beta) {
  if (!node.hasInput(2))
    return node.tensors.filled({outputs}, 0.0f);
  if (node.getInput(2).getRank() > 2)
    return std::nullopt;
  if (auto bias = getChannelConstant(node, 2, {0, 1}, outputs))
    return node.tensors.constant(scale(*bias, beta));
  // A vector that is computed, or dequantized, at run time.
  if (beta == 1.0f && node.getShape(2) == ArrayRef<int64_t>({outputs}))
    return node.getInOrder(2, {0});
  return std::nullopt;
}

/// `beta * C`, broadcast to the result.
static FailureOr<Value> buildGemmSummand(NodeImporter &node,
                                         ArrayRef<int64_t> shape, float beta) {
  if (node.getInput(2).getRank() > 2)
    return node.reject("input 2 has shape " + formatShape(node.getShape(2)) +
                       ", expected at most 2 dimensions");
  Value summand = node.getForBroadcast(2, {0, 1});
  for (auto [own, result] : llvm::zip_equal(
           cast<RankedTensorType>(summand.getType()).getShape(), shape))
    if (own != result && own != 1)
      return node.reject("input 2 of shape " + formatShape(node.getShape(2)) +
                         " does not broadcast to " + formatShape(shape));
  if (beta == 1.0f)
    return summand;
  return MulOp::create(node.getBuilder(), node.getLoc(), summand.getType(),
                       summand, node.tensors.filled({1, 1}, beta), FloatAttr(),
                       FloatAttr())
      .getResult();
}

LogicalResult spiq::onnx_import::importGemm(NodeImporter &node) {
  for (size_t i = 0; i < node.getNumInputs(); ++i)
    if (node.hasInput(i) && failed(node.expectFloat(i)))
      return failure();
  ArrayRef<int64_t> a = node.getShape(0), b = node.getShape(1);
  if (a.size() != 2 || b.size() != 2)
    return node.reject("the factors have shapes " + formatShape(a) + " and " +
                       formatShape(b) + ", expected two matrices");
  bool transA = node.getInt("transA", 0) != 0;
  bool transB = node.getInt("transB", 0) != 0;
  float alpha = node.getFloat("alpha", 1.0f);
  float beta = node.getFloat("beta", 1.0f);
  int64_t rows = a[transA ? 1 : 0], inner = a[transA ? 0 : 1];
  int64_t outputs = b[transB ? 0 : 1];
  if (b[transB ? 1 : 0] != inner)
    return node.reject("the factors have inner dimensions " + Twine(inner) +
                       " and " + Twine(b[transB ? 1 : 0]));

  SmallVector<int64_t> rowsFirst{0, 1}, columnsFirst{1, 0};
  Value input = node.getInOrder(0, transA ? columnsFirst : rowsFirst);
  ArrayRef<int64_t> weightOrder = transB ? rowsFirst : columnsFirst;
  bool isLayer = node.getInput(1).isConstant();
  // A factor that cannot be folded into the weights scales the product alone,
  // so the summand has to wait.
  bool scalesAfter = !isLayer && alpha != 1.0f;
  std::optional<Value> bias;
  if (!scalesAfter)
    bias = getGemmBias(node, outputs, beta);
  Value start = bias ? *bias : node.tensors.filled({outputs}, 0.0f);
  Value result;
  if (isLayer) {
    ConstantTensor weights = node.getInput(1).constant->transpose(weightOrder);
    result = buildLayer(node, input,
                        alpha == 1.0f ? weights : scale(weights, alpha), start);
  } else {
    result = buildFullyConnected(node.tensors, input,
                                 node.getInOrder(1, weightOrder), start);
  }
  if (scalesAfter)
    result = MulOp::create(node.getBuilder(), node.getLoc(), result.getType(),
                           result, node.tensors.filled({1, 1}, alpha),
                           FloatAttr(), FloatAttr());
  if (!bias && node.hasInput(2)) {
    FailureOr<Value> summand = buildGemmSummand(node, {rows, outputs}, beta);
    if (failed(summand))
      return failure();
    result = AddOp::create(node.getBuilder(), node.getLoc(), result.getType(),
                           result, *summand, FloatAttr(), FloatAttr());
  }
  return node.setResult(0, result, {0, 1});
}

//===----------------------------------------------------------------------===//
// MatMul
//===----------------------------------------------------------------------===//

static int64_t getProduct(ArrayRef<int64_t> dims) {
  int64_t product = 1;
  for (int64_t dim : dims)
    product *= dim;
  return product;
}

/// Batches of matrices, both of the same rank and batch shape by now.
static Value buildBatchMatMul(const TensorBuilder &tensors, Value lhs,
                              Value rhs) {
  ArrayRef<int64_t> a = cast<RankedTensorType>(lhs.getType()).getShape();
  ArrayRef<int64_t> b = cast<RankedTensorType>(rhs.getType()).getShape();
  int64_t rank = a.size();
  int64_t batch = getProduct(a.drop_back(2));
  SmallVector<int64_t> shape(a.drop_back());
  shape.push_back(b.back());
  Value left = tensors.reshape(lhs, {batch, a[rank - 2], a[rank - 1]});
  Value right = tensors.reshape(rhs, {batch, b[rank - 2], b[rank - 1]});
  Value init = tensors.filled({batch, a[rank - 2], b[rank - 1]}, 0.0f);
  Value product =
      linalg::BatchMatmulOp::create(tensors.getBuilder(), tensors.getLoc(),
                                    ValueRange{left, right}, ValueRange(init))
          ->getResult(0);
  return tensors.reshape(product, shape);
}

LogicalResult spiq::onnx_import::importMatMul(NodeImporter &node) {
  if (failed(node.expectFloat(0)) || failed(node.expectFloat(1)))
    return failure();
  // Vectors count as matrices of one row or column, which the result lacks.
  SmallVector<int64_t> a(node.getShape(0)), b(node.getShape(1));
  if (a.empty() || b.empty())
    return node.reject("scalars cannot be multiplied as matrices");
  bool dropRow = a.size() == 1, dropColumn = b.size() == 1;
  if (dropRow)
    a.insert(a.begin(), 1);
  if (dropColumn)
    b.push_back(1);
  if (a.back() != b[b.size() - 2])
    return node.reject("inputs of shape " + formatShape(node.getShape(0)) +
                       " and " + formatShape(node.getShape(1)) +
                       " cannot be multiplied: inner dimensions differ");
  Value lhs = node.tensors.reshape(
      node.getInOrder(0, getIdentityOrder(node.getInput(0).getRank())), a);

  SmallVector<int64_t> shape;
  Value result;
  if (b.size() == 2) {
    int64_t inner = b[0], outputs = b[1];
    Value rows = node.tensors.reshape(lhs, {getProduct(a) / inner, inner});
    Value bias = node.tensors.filled({outputs}, 0.0f);
    const ImportedValue &weights = node.getInput(1);
    if (weights.isConstant()) {
      result = buildLayer(node, rows,
                          weights.constant->reshape(b).transpose({1, 0}), bias);
    } else {
      SmallVector<int64_t> columnsFirst{1, 0};
      if (dropColumn)
        columnsFirst = {0};
      Value value = node.getInOrder(1, columnsFirst);
      result = buildFullyConnected(
          node.tensors, rows, node.tensors.reshape(value, {outputs, inner}),
          bias);
    }
    shape.assign(a.begin(), a.end() - 1);
    shape.push_back(outputs);
  } else {
    Value rhs = node.getInOrder(1, getIdentityOrder(b.size()));
    size_t rank = std::max(a.size(), b.size());
    SmallVector<int64_t> left(rank - a.size(), 1), right(rank - b.size(), 1);
    llvm::append_range(left, a);
    llvm::append_range(right, b);
    lhs = node.tensors.reshape(lhs, left);
    rhs = node.tensors.reshape(rhs, right);
    for (size_t i = 0; i + 2 < rank; ++i) {
      if (left[i] != right[i] && left[i] != 1 && right[i] != 1)
        return node.reject("inputs of shape " + formatShape(node.getShape(0)) +
                           " and " + formatShape(node.getShape(1)) +
                           " cannot be multiplied: batches differ");
      left[i] = right[i] = std::max(left[i], right[i]);
    }
    if (!getNumElements(left) || !getNumElements(right))
      return node.reject("the broadcast factors are too large");
    result = buildBatchMatMul(node.tensors, node.tensors.broadcast(lhs, left),
                              node.tensors.broadcast(rhs, right));
    shape.assign(left.begin(), left.end() - 1);
    shape.push_back(right.back());
  }
  if (dropColumn)
    shape.pop_back();
  if (dropRow)
    shape.erase(shape.end() - (dropColumn ? 1 : 2));
  return node.setResult(0, node.tensors.reshape(result, shape),
                        getIdentityOrder(shape.size()));
}
