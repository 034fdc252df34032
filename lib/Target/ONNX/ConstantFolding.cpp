//===- ConstantFolding.cpp - Operators on constants -----------------------===//
//
// Computes the operators of shape arithmetic, and what exporters leave in front
// of weights, at import. Floats are computed in double precision and rounded
// once, which for the four basic operations and the square root equals
// arithmetic in the type itself.
//
//===----------------------------------------------------------------------===//

#include "Elementwise.h"
#include "OpTable.h"
#include "llvm/ADT/StringSwitch.h"
#include <cmath>

using namespace mlir;
using namespace spiq::onnx_import;
using ::onnx::TensorProto;

static const ConstantTensor &getOperand(NodeImporter &node, size_t index) {
  return *node.getInput(index).constant;
}

//===----------------------------------------------------------------------===//
// Elementwise
//===----------------------------------------------------------------------===//

/// Integers wrap around instead of overflowing.
static int64_t wrap(uint64_t value) { return static_cast<int64_t>(value); }

static std::optional<int64_t> computeInts(StringRef op, int64_t a, int64_t b) {
  uint64_t ua = a, ub = b;
  if (op == "Add")
    return wrap(ua + ub);
  if (op == "Sub")
    return wrap(ua - ub);
  if (op == "Mul")
    return wrap(ua * ub);
  if (op == "Div" || op == "Mod") {
    if (b == 0)
      return std::nullopt;
    if (b == -1)
      return op == "Div" ? wrap(-ua) : 0;
    if (op == "Div")
      return a / b;
    int64_t rest = a % b; // Mod takes the sign of the divisor
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
  }
  if (op == "Min")
    return std::min(a, b);
  if (op == "Max")
    return std::max(a, b);
  if (op == "Pow")
    return static_cast<int64_t>(std::clamp(
        std::pow(static_cast<double>(a), static_cast<double>(b)), -9e18, 9e18));
  return std::nullopt;
}

static std::optional<double> computeFloats(StringRef op, double a, double b) {
  return llvm::StringSwitch<std::optional<double>>(op)
      .Case("Add", a + b)
      .Case("Sub", a - b)
      .Case("Mul", a * b)
      .Case("Div", a / b)
      .Case("Mod", std::fmod(a, b))
      .Case("Min", std::min(a, b))
      .Case("Max", std::max(a, b))
      .Case("Pow", std::pow(a, b))
      .Default(std::nullopt);
}

static std::optional<bool> compare(StringRef op, double a, double b) {
  return llvm::StringSwitch<std::optional<bool>>(op)
      .Case("Equal", a == b)
      .Case("Less", a < b)
      .Case("LessOrEqual", a <= b)
      .Case("Greater", a > b)
      .Case("GreaterOrEqual", a >= b)
      .Case("And", a != 0 && b != 0)
      .Case("Or", a != 0 || b != 0)
      .Default(std::nullopt);
}

LogicalResult spiq::onnx_import::foldArithmetic(NodeImporter &node) {
  if (node.getNumInputs() != 2 || !node.hasInput(0) || !node.hasInput(1))
    return node.reject("only two inputs are supported for constants");
  auto shape = getBroadcastShape(node, {0, 1});
  if (failed(shape))
    return failure();
  if (!getNumElements(*shape))
    return node.reject("the result of shape " + formatShape(*shape) +
                       " is too large");
  ConstantTensor a = getOperand(node, 0).broadcast(*shape);
  ConstantTensor b = getOperand(node, 1).broadcast(*shape);
  StringRef op = node.getOpType();
  int64_t count = a.getNumElements();
  if (compare(op, 0, 0)) {
    SmallVector<int64_t> values;
    for (int64_t i = 0; i < count; ++i)
      values.push_back(*compare(op, a.getDouble(i), b.getDouble(i)));
    return node.setResult(
        0, ConstantTensor::fromInts(TensorProto::BOOL, *shape, values));
  }
  if (a.isFloat()) {
    std::vector<double> values;
    for (int64_t i = 0; i < count; ++i)
      values.push_back(
          computeFloats(op, a.getDouble(i), b.getDouble(i)).value_or(0.0));
    return node.setResult(
        0, ConstantTensor::fromDoubles(a.getType(), *shape, values));
  }
  SmallVector<int64_t> values;
  for (int64_t i = 0; i < count; ++i) {
    std::optional<int64_t> value = computeInts(op, a.getInt(i), b.getInt(i));
    if (!value)
      return node.reject("division by zero in constants");
    values.push_back(*value);
  }
  return node.setResult(0,
                        ConstantTensor::fromInts(a.getType(), *shape, values));
}

static double computeUnary(StringRef op, double x) {
  return llvm::StringSwitch<double>(op)
      .Case("Abs", std::abs(x))
      .Case("Ceil", std::ceil(x))
      .Case("Exp", std::exp(x))
      .Case("Floor", std::floor(x))
      .Case("Log", std::log(x))
      .Case("Neg", -x)
      .Case("Not", x == 0.0 ? 1.0 : 0.0)
      .Case("Reciprocal", 1.0 / x)
      .Case("Relu", std::max(x, 0.0))
      .Case("Round", std::nearbyint(x))
      .Case("Sqrt", std::sqrt(x))
      .Case("Erf", std::erf(x))
      .Default(x);
}

LogicalResult spiq::onnx_import::foldUnary(NodeImporter &node) {
  const ConstantTensor &input = getOperand(node, 0);
  std::vector<double> values = input.getDoubles();
  for (double &value : values)
    value = computeUnary(node.getOpType(), value);
  return node.setResult(0, ConstantTensor::fromDoubles(
                               input.getType(), input.getShape(), values));
}

LogicalResult spiq::onnx_import::foldCast(NodeImporter &node) {
  const ConstantTensor &input = getOperand(node, 0);
  int64_t target = node.getInt("to", 0);
  if (getElementBytes(static_cast<int>(target)) == 0)
    return node.reject("casts to " + getDataTypeName(static_cast<int>(target)) +
                       " are not supported");
  auto type = static_cast<DataType>(target);
  if (input.isFloat())
    return node.setResult(0, ConstantTensor::fromDoubles(type, input.getShape(),
                                                         input.getDoubles()));
  return node.setResult(
      0, ConstantTensor::fromInts(type, input.getShape(), input.getInts()));
}

LogicalResult spiq::onnx_import::foldWhere(NodeImporter &node) {
  auto shape = getBroadcastShape(node, {0, 1, 2});
  if (failed(shape))
    return failure();
  if (!getNumElements(*shape))
    return node.reject("the result of shape " + formatShape(*shape) +
                       " is too large");
  ConstantTensor condition = getOperand(node, 0).broadcast(*shape);
  ConstantTensor a = getOperand(node, 1).broadcast(*shape);
  ConstantTensor b = getOperand(node, 2).broadcast(*shape);
  if (a.getType() != b.getType())
    return node.reject("the two choices have different element types");
  unsigned size = getElementBytes(a.getType());
  std::vector<char> bytes(a.getBytes().size());
  for (int64_t i = 0, e = condition.getNumElements(); i < e; ++i) {
    const ConstantTensor &chosen = condition.getInt(i) != 0 ? a : b;
    std::copy_n(chosen.getBytes().begin() + i * size, size,
                bytes.begin() + i * size);
  }
  return node.setResult(
      0, ConstantTensor::fromBytes(a.getType(), *shape, std::move(bytes)));
}

//===----------------------------------------------------------------------===//
// Joining and selecting
//===----------------------------------------------------------------------===//

LogicalResult spiq::onnx_import::foldConcat(NodeImporter &node) {
  const ConstantTensor &first = getOperand(node, 0);
  FailureOr<int64_t> axis =
      node.normalizeAxis(node.getInt("axis", 0), first.getRank());
  if (failed(axis))
    return failure();
  SmallVector<int64_t> shape(first.getShape());
  shape[*axis] = 0;
  int64_t outer = 1;
  for (int64_t dim : first.getShape().take_front(*axis))
    outer *= dim;
  for (size_t i = 0; i < node.getNumInputs(); ++i) {
    if (!node.hasInput(i))
      return node.reject("input " + Twine(i) + " is missing");
    SmallVector<int64_t> other(node.getShape(i));
    if (other.size() != shape.size() ||
        node.getInput(i).type != first.getType())
      return node.reject("inputs of different types or ranks cannot be joined");
    shape[*axis] += other[*axis];
    other[*axis] = first.getShape()[*axis];
    if (ArrayRef<int64_t>(other) != first.getShape())
      return node.reject("inputs of shape " + formatShape(first.getShape()) +
                         " and " + formatShape(node.getShape(i)) +
                         " cannot be joined along axis " + Twine(*axis));
  }
  if (!getNumElements(shape))
    return node.reject("the result of shape " + formatShape(shape) +
                       " is too large");
  std::vector<char> bytes;
  for (int64_t o = 0; o < outer; ++o)
    for (size_t i = 0; i < node.getNumInputs(); ++i) {
      ArrayRef<char> source = getOperand(node, i).getBytes();
      size_t part = source.size() / outer;
      ArrayRef<char> slice = source.slice(o * part, part);
      bytes.insert(bytes.end(), slice.begin(), slice.end());
    }
  return node.setResult(
      0, ConstantTensor::fromBytes(first.getType(), shape, std::move(bytes)));
}

LogicalResult spiq::onnx_import::foldGather(NodeImporter &node) {
  const ConstantTensor &data = getOperand(node, 0);
  const ConstantTensor &indices = getOperand(node, 1);
  FailureOr<int64_t> axis =
      node.normalizeAxis(node.getInt("axis", 0), data.getRank());
  if (failed(axis))
    return failure();
  if (indices.isFloat())
    return node.reject("indices must be integers");
  int64_t dim = data.getShape()[*axis];
  int64_t outer = 1;
  for (int64_t size : data.getShape().take_front(*axis))
    outer *= size;
  SmallVector<int64_t> shape(data.getShape().take_front(*axis));
  llvm::append_range(shape, indices.getShape());
  llvm::append_range(shape, data.getShape().drop_front(*axis + 1));
  if (!getNumElements(shape))
    return node.reject("the result of shape " + formatShape(shape) +
                       " is too large");
  std::vector<char> bytes;
  SmallVector<int64_t> picked = indices.getInts();
  for (int64_t &index : picked) {
    if (index < -dim || index >= dim)
      return node.reject("index " + Twine(index) + " is outside of dimension " +
                         Twine(*axis) + " of size " + Twine(dim));
    index = index < 0 ? index + dim : index;
  }
  size_t part = outer * dim == 0 ? 0 : data.getBytes().size() / (outer * dim);
  for (int64_t o = 0; o < outer; ++o)
    for (int64_t index : picked) {
      ArrayRef<char> slice =
          data.getBytes().slice((o * dim + index) * part, part);
      bytes.insert(bytes.end(), slice.begin(), slice.end());
    }
  return node.setResult(
      0, ConstantTensor::fromBytes(data.getType(), shape, std::move(bytes)));
}

//===----------------------------------------------------------------------===//
// Reductions of vectors
//===----------------------------------------------------------------------===//

LogicalResult spiq::onnx_import::foldReduce(NodeImporter &node) {
  const ConstantTensor &input = getOperand(node, 0);
  FailureOr<SmallVector<int64_t>> axes = node.getIntsFrom(1, "axes");
  if (failed(axes))
    return failure();
  int64_t count = input.getNumElements();
  if (input.getRank() != 1 || axes->size() > 1 || count == 0)
    return node.reject("only whole vectors are supported for constants");
  StringRef op = node.getOpType();
  double result = input.getDouble(0);
  for (int64_t i = 1; i < count; ++i) {
    double next = input.getDouble(i);
    if (op == "ReduceProd")
      result *= next;
    else if (op == "ReduceMax")
      result = std::max(result, next);
    else if (op == "ReduceMin")
      result = std::min(result, next);
    else
      result += next;
  }
  if (op == "ReduceMean")
    result /= static_cast<double>(count);
  SmallVector<int64_t> shape;
  if (node.getInt("keepdims", 1) != 0)
    shape.push_back(1);
  return node.setResult(
      0, ConstantTensor::fromDoubles(input.getType(), shape, {result}));
}
