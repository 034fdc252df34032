//===- ConstantTensor.h - Tensors known at import ---------------*- C++ -*-===//
//
// Initializers, `Constant` nodes and what shape arithmetic makes of them.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_TARGET_ONNX_CONSTANTTENSOR_H
#define SPIQ_LIB_TARGET_ONNX_CONSTANTTENSOR_H

#include "ONNXProto.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <optional>
#include <vector>

namespace spiq::onnx_import {

// This header and those that include it are private to the library.
using namespace mlir;

using DataType = ::onnx::TensorProto::DataType;

/// No tensor of a model may be larger than this, whatever its element type.
constexpr int64_t kMaxTensorBytes = (int64_t(1) << 31) - 1;

/// ONNX's name of an element type, e.g. "float".
std::string getDataTypeName(int dataType);

/// Bytes per element, or 0 for a type that constants cannot have here.
unsigned getElementBytes(int dataType);

/// The product of `shape`, or nothing if a dimension is negative or a tensor
/// of that shape is larger than `kMaxTensorBytes` with 8-byte elements.
std::optional<int64_t> getNumElements(llvm::ArrayRef<int64_t> shape);

/// Renders a shape as `1x3x224x224`, a scalar's as `scalar`.
std::string formatShape(llvm::ArrayRef<int64_t> shape);

/// Renders a number as briefly as it can be read.
std::string formatNumber(double value);

/// A tensor in ONNX's dimension order, row-major, little-endian. Copies share
/// the elements.
class ConstantTensor {
public:
  /// Reads a checked tensor. The result may point into `proto`.
  static llvm::Expected<ConstantTensor>
  fromProto(const ::onnx::TensorProto &proto);

  /// Makes a tensor of `type`, converting each value to it.
  static ConstantTensor fromInts(DataType type, llvm::ArrayRef<int64_t> shape,
                                 llvm::ArrayRef<int64_t> values);
  static ConstantTensor fromDoubles(DataType type,
                                    llvm::ArrayRef<int64_t> shape,
                                    llvm::ArrayRef<double> values);
  static ConstantTensor fromFloats(llvm::ArrayRef<int64_t> shape,
                                   llvm::ArrayRef<float> values);
  /// Takes `bytes` as they are.
  static ConstantTensor fromBytes(DataType type, llvm::ArrayRef<int64_t> shape,
                                  std::vector<char> bytes);

  DataType getType() const { return type; }
  llvm::ArrayRef<int64_t> getShape() const { return shape; }
  int64_t getRank() const { return shape.size(); }
  int64_t getNumElements() const;
  llvm::ArrayRef<char> getBytes() const { return bytes; }
  bool isFloat() const;

  double getDouble(int64_t index) const;
  int64_t getInt(int64_t index) const;
  std::vector<double> getDoubles() const;
  std::vector<float> getFloats() const;
  SmallVector<int64_t> getInts() const;

  /// The same elements in another shape of equal size.
  ConstantTensor reshape(llvm::ArrayRef<int64_t> newShape) const;

  /// Dimension `i` of the result is dimension `permutation[i]` of this.
  ConstantTensor transpose(llvm::ArrayRef<int64_t> permutation) const;

  /// Numpy-style broadcast to `newShape`, which must be compatible.
  ConstantTensor broadcast(llvm::ArrayRef<int64_t> newShape) const;

  /// The elements at `start + i * step` of every dimension, `newShape` of them.
  ConstantTensor gatherStrided(llvm::ArrayRef<int64_t> start,
                               llvm::ArrayRef<int64_t> step,
                               llvm::ArrayRef<int64_t> newShape) const;

  /// The constant as an attribute; integers are signless. Only for float and
  /// integers of 8, 32 and 64 bits.
  DenseElementsAttr getAttr(MLIRContext *context) const;

private:
  ConstantTensor(DataType type, llvm::ArrayRef<int64_t> shape)
      : type(type), shape(shape.begin(), shape.end()) {}
  void own(std::vector<char> data);

  /// Elements at `offset + sum(index[d] * strides[d])` for every index of
  /// `newShape`; offset and strides count elements.
  ConstantTensor gather(int64_t offset, llvm::ArrayRef<int64_t> strides,
                        llvm::ArrayRef<int64_t> newShape) const;

  DataType type;
  SmallVector<int64_t> shape;
  llvm::ArrayRef<char> bytes;
  std::shared_ptr<std::vector<char>> owner;
};

} // namespace spiq::onnx_import

#endif // SPIQ_LIB_TARGET_ONNX_CONSTANTTENSOR_H
