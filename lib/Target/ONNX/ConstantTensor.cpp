//===- ConstantTensor.cpp - Tensors known at import -----------------------===//

#include "ConstantTensor.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>
#include <cstring>
#include <limits>

using namespace mlir;
using namespace spiq::onnx_import;
using ::onnx::TensorProto;

std::string spiq::onnx_import::getDataTypeName(int dataType) {
  if (!TensorProto::DataType_IsValid(dataType))
    return ("unknown (" + llvm::Twine(dataType) + ")").str();
  return llvm::StringRef(TensorProto::DataType_Name(
                             static_cast<TensorProto::DataType>(dataType)))
      .lower();
}

unsigned spiq::onnx_import::getElementBytes(int dataType) {
  switch (dataType) {
  case TensorProto::BOOL:
  case TensorProto::INT8:
  case TensorProto::UINT8:
    return 1;
  case TensorProto::INT16:
  case TensorProto::UINT16:
  case TensorProto::FLOAT16:
    return 2;
  case TensorProto::FLOAT:
  case TensorProto::INT32:
  case TensorProto::UINT32:
    return 4;
  case TensorProto::DOUBLE:
  case TensorProto::INT64:
  case TensorProto::UINT64:
    return 8;
  default:
    return 0;
  }
}

std::optional<int64_t>
spiq::onnx_import::getNumElements(llvm::ArrayRef<int64_t> shape) {
  // Dimensions beside a zero count too: a huge one is wrong either way.
  constexpr int64_t kMaxElements = kMaxTensorBytes / 8;
  int64_t product = 1;
  bool empty = false;
  for (int64_t dim : shape) {
    if (dim < 0 || dim > kMaxElements)
      return std::nullopt;
    if (dim == 0) {
      empty = true;
      continue;
    }
    product *= dim;
    if (product > kMaxElements)
      return std::nullopt;
  }
  return empty ? 0 : product;
}

std::string spiq::onnx_import::formatShape(llvm::ArrayRef<int64_t> shape) {
  if (shape.empty())
    return "scalar";
  return llvm::join(llvm::map_range(shape,
                                    [](int64_t dim) {
                                      return dim < 0 ? std::string("?")
                                                     : std::to_string(dim);
                                    }),
                    "x");
}

std::string spiq::onnx_import::formatNumber(double value) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%.9g", value);
  return text;
}

//===----------------------------------------------------------------------===//
// Reading protocol buffers
//===----------------------------------------------------------------------===//

/// Narrows the elements of a typed repeated field to `T`.
template <typename T, typename Field>
static std::vector<char> packField(const Field &field) {
  std::vector<char> data(field.size() * sizeof(T));
  for (int i = 0, e = field.size(); i < e; ++i) {
    T element = static_cast<T>(field.Get(i));
    std::memcpy(data.data() + i * sizeof(T), &element, sizeof(T));
  }
  return data;
}

static std::vector<char> packTypedData(const TensorProto &proto) {
  switch (proto.data_type()) {
  case TensorProto::FLOAT:
    return packField<float>(proto.float_data());
  case TensorProto::DOUBLE:
    return packField<double>(proto.double_data());
  case TensorProto::INT64:
    return packField<int64_t>(proto.int64_data());
  case TensorProto::UINT64:
    return packField<uint64_t>(proto.uint64_data());
  case TensorProto::UINT32:
    return packField<uint32_t>(proto.uint64_data());
  case TensorProto::INT32:
    return packField<int32_t>(proto.int32_data());
  case TensorProto::INT16:
  case TensorProto::UINT16:
  case TensorProto::FLOAT16:
    return packField<uint16_t>(proto.int32_data());
  default:
    return packField<uint8_t>(proto.int32_data());
  }
}

llvm::Expected<ConstantTensor>
ConstantTensor::fromProto(const TensorProto &proto) {
  unsigned elementBytes = getElementBytes(proto.data_type());
  if (elementBytes == 0)
    return llvm::createStringError("element type " +
                                   getDataTypeName(proto.data_type()) +
                                   " is not supported for constants");
  ConstantTensor tensor(
      static_cast<DataType>(proto.data_type()),
      SmallVector<int64_t>(proto.dims().begin(), proto.dims().end()));
  std::optional<int64_t> count = onnx_import::getNumElements(tensor.shape);
  if (!count)
    return llvm::createStringError("shape " + formatShape(tensor.shape) +
                                   " has a negative dimension or is too large");
  if (proto.has_raw_data())
    tensor.bytes = {proto.raw_data().data(), proto.raw_data().size()};
  else
    tensor.own(packTypedData(proto));
  size_t expected = static_cast<size_t>(*count) * elementBytes;
  if (tensor.bytes.size() != expected)
    return llvm::createStringError(
        "holds " + llvm::Twine(tensor.bytes.size()) + " bytes, but " +
        formatShape(tensor.shape) + " elements of type " +
        getDataTypeName(proto.data_type()) + " are " + llvm::Twine(expected));
  return tensor;
}

//===----------------------------------------------------------------------===//
// Making tensors
//===----------------------------------------------------------------------===//

void ConstantTensor::own(std::vector<char> data) {
  owner = std::make_shared<std::vector<char>>(std::move(data));
  bytes = *owner;
}

template <typename T, typename Value>
static void store(std::vector<char> &data, size_t index, Value value) {
  T element;
  if constexpr (std::is_integral_v<T> && std::is_floating_point_v<Value>) {
    // Out of range conversions are undefined in C++; saturate instead.
    double low = static_cast<double>(std::numeric_limits<T>::min());
    double high = static_cast<double>(std::numeric_limits<T>::max());
    if (std::isnan(value))
      element = 0;
    else if (value <= low)
      element = std::numeric_limits<T>::min();
    else if (value >= high)
      element = std::numeric_limits<T>::max();
    else
      element = static_cast<T>(value);
  } else {
    element = static_cast<T>(value);
  }
  std::memcpy(data.data() + index * sizeof(T), &element, sizeof(T));
}

static uint16_t toHalfBits(double value) {
  llvm::APFloat half(value);
  bool losesInfo;
  half.convert(llvm::APFloat::IEEEhalf(), llvm::APFloat::rmNearestTiesToEven,
               &losesInfo);
  return static_cast<uint16_t>(half.bitcastToAPInt().getZExtValue());
}

template <typename Value>
static std::vector<char> packValues(DataType type,
                                    llvm::ArrayRef<Value> values) {
  std::vector<char> data(values.size() * getElementBytes(type));
  for (size_t i = 0, e = values.size(); i < e; ++i) {
    Value value = values[i];
    switch (type) {
    case TensorProto::FLOAT:
      store<float>(data, i, value);
      break;
    case TensorProto::DOUBLE:
      store<double>(data, i, value);
      break;
    case TensorProto::FLOAT16:
      store<uint16_t>(data, i, toHalfBits(static_cast<double>(value)));
      break;
    case TensorProto::BOOL:
      store<uint8_t>(data, i, int64_t(value != 0));
      break;
    case TensorProto::INT8:
      store<int8_t>(data, i, value);
      break;
    case TensorProto::UINT8:
      store<uint8_t>(data, i, value);
      break;
    case TensorProto::INT16:
      store<int16_t>(data, i, value);
      break;
    case TensorProto::UINT16:
      store<uint16_t>(data, i, value);
      break;
    case TensorProto::INT32:
      store<int32_t>(data, i, value);
      break;
    case TensorProto::UINT32:
      store<uint32_t>(data, i, value);
      break;
    case TensorProto::INT64:
      store<int64_t>(data, i, value);
      break;
    case TensorProto::UINT64:
      store<uint64_t>(data, i, value);
      break;
    default:
      break;
    }
  }
  return data;
}

ConstantTensor ConstantTensor::fromInts(DataType type,
                                        llvm::ArrayRef<int64_t> shape,
                                        llvm::ArrayRef<int64_t> values) {
  ConstantTensor tensor(type, shape);
  tensor.own(packValues(type, values));
  return tensor;
}

ConstantTensor ConstantTensor::fromDoubles(DataType type,
                                           llvm::ArrayRef<int64_t> shape,
                                           llvm::ArrayRef<double> values) {
  ConstantTensor tensor(type, shape);
  tensor.own(packValues(type, values));
  return tensor;
}

ConstantTensor ConstantTensor::fromFloats(llvm::ArrayRef<int64_t> shape,
                                          llvm::ArrayRef<float> values) {
  ConstantTensor tensor(TensorProto::FLOAT, shape);
  const char *begin = reinterpret_cast<const char *>(values.data());
  tensor.own({begin, begin + values.size() * sizeof(float)});
  return tensor;
}

ConstantTensor ConstantTensor::fromBytes(DataType type,
                                         llvm::ArrayRef<int64_t> shape,
                                         std::vector<char> bytes) {
  ConstantTensor tensor(type, shape);
  tensor.own(std::move(bytes));
  return tensor;
}

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

int64_t ConstantTensor::getNumElements() const {
  return static_cast<int64_t>(bytes.size()) / getElementBytes(type);
}

bool ConstantTensor::isFloat() const {
  return type == TensorProto::FLOAT || type == TensorProto::DOUBLE ||
         type == TensorProto::FLOAT16;
}

template <typename T>
static T load(llvm::ArrayRef<char> bytes, int64_t index) {
  T element;
  std::memcpy(&element, bytes.data() + index * sizeof(T), sizeof(T));
  return element;
}

double ConstantTensor::getDouble(int64_t index) const {
  switch (type) {
  case TensorProto::FLOAT:
    return load<float>(bytes, index);
  case TensorProto::DOUBLE:
    return load<double>(bytes, index);
  case TensorProto::FLOAT16:
    return llvm::APFloat(llvm::APFloat::IEEEhalf(),
                         llvm::APInt(16, load<uint16_t>(bytes, index)))
        .convertToFloat();
  case TensorProto::UINT64:
    return static_cast<double>(load<uint64_t>(bytes, index));
  default:
    return static_cast<double>(getInt(index));
  }
}

int64_t ConstantTensor::getInt(int64_t index) const {
  switch (type) {
  case TensorProto::BOOL:
  case TensorProto::UINT8:
    return load<uint8_t>(bytes, index);
  case TensorProto::INT8:
    return load<int8_t>(bytes, index);
  case TensorProto::INT16:
    return load<int16_t>(bytes, index);
  case TensorProto::UINT16:
    return load<uint16_t>(bytes, index);
  case TensorProto::INT32:
    return load<int32_t>(bytes, index);
  case TensorProto::UINT32:
    return load<uint32_t>(bytes, index);
  case TensorProto::INT64:
  case TensorProto::UINT64:
    return load<int64_t>(bytes, index);
  default: {
    std::vector<char> converted(sizeof(int64_t));
    store<int64_t>(converted, 0, getDouble(index));
    return load<int64_t>(converted, 0);
  }
  }
}

std::vector<double> ConstantTensor::getDoubles() const {
  std::vector<double> values(getNumElements());
  for (size_t i = 0, e = values.size(); i < e; ++i)
    values[i] = getDouble(i);
  return values;
}

std::vector<float> ConstantTensor::getFloats() const {
  std::vector<float> values(getNumElements());
  if (type == TensorProto::FLOAT && !values.empty()) {
    std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  }
  for (size_t i = 0, e = values.size(); i < e; ++i)
    values[i] = static_cast<float>(getDouble(i));
  return values;
}

SmallVector<int64_t> ConstantTensor::getInts() const {
  SmallVector<int64_t> values(getNumElements());
  for (size_t i = 0, e = values.size(); i < e; ++i)
    values[i] = getInt(i);
  return values;
}

//===----------------------------------------------------------------------===//
// Moving elements
//===----------------------------------------------------------------------===//

static SmallVector<int64_t> getStrides(llvm::ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (int64_t i = static_cast<int64_t>(shape.size()) - 2; i >= 0; --i)
    strides[i] = strides[i + 1] * shape[i + 1];
  return strides;
}

/// Copies the elements that `offset` and `strides` (in bytes) select.
template <unsigned Size>
static void copyStrided(const char *source, char *&target,
                        llvm::ArrayRef<int64_t> strides,
                        llvm::ArrayRef<int64_t> shape) {
  if (shape.empty()) {
    std::memcpy(target, source, Size);
    target += Size;
    return;
  }
  for (int64_t i = 0; i < shape.front(); ++i) {
    if (shape.size() == 1) {
      std::memcpy(target, source + i * strides.front(), Size);
      target += Size;
    } else {
      copyStrided<Size>(source + i * strides.front(), target,
                        strides.drop_front(), shape.drop_front());
    }
  }
}

ConstantTensor ConstantTensor::gather(int64_t offset,
                                      llvm::ArrayRef<int64_t> strides,
                                      llvm::ArrayRef<int64_t> newShape) const {
  unsigned size = getElementBytes(type);
  int64_t count = *onnx_import::getNumElements(newShape);
  std::vector<char> data(count * size);
  if (count != 0) {
    SmallVector<int64_t> byteStrides;
    for (int64_t stride : strides)
      byteStrides.push_back(stride * size);
    const char *source = bytes.data() + offset * size;
    char *target = data.data();
    if (size == 1)
      copyStrided<1>(source, target, byteStrides, newShape);
    else if (size == 2)
      copyStrided<2>(source, target, byteStrides, newShape);
    else if (size == 4)
      copyStrided<4>(source, target, byteStrides, newShape);
    else
      copyStrided<8>(source, target, byteStrides, newShape);
  }
  return fromBytes(type, newShape, std::move(data));
}

ConstantTensor ConstantTensor::reshape(llvm::ArrayRef<int64_t> newShape) const {
  ConstantTensor tensor = *this;
  tensor.shape.assign(newShape.begin(), newShape.end());
  return tensor;
}

ConstantTensor
ConstantTensor::transpose(llvm::ArrayRef<int64_t> permutation) const {
  SmallVector<int64_t> strides = getStrides(shape);
  SmallVector<int64_t> newStrides, newShape;
  for (int64_t dim : permutation) {
    newStrides.push_back(strides[dim]);
    newShape.push_back(shape[dim]);
  }
  return gather(0, newStrides, newShape);
}

ConstantTensor
ConstantTensor::broadcast(llvm::ArrayRef<int64_t> newShape) const {
  SmallVector<int64_t> strides = getStrides(shape);
  SmallVector<int64_t> newStrides(newShape.size(), 0);
  size_t leading = newShape.size() - shape.size();
  for (size_t i = 0; i < shape.size(); ++i)
    newStrides[leading + i] = shape[i] == 1 ? 0 : strides[i];
  return gather(0, newStrides, newShape);
}

ConstantTensor
ConstantTensor::gatherStrided(llvm::ArrayRef<int64_t> start,
                              llvm::ArrayRef<int64_t> step,
                              llvm::ArrayRef<int64_t> newShape) const {
  SmallVector<int64_t> strides = getStrides(shape);
  int64_t offset = 0;
  for (size_t i = 0; i < shape.size(); ++i) {
    offset += start[i] * strides[i];
    strides[i] *= step[i];
  }
  return gather(offset, strides, newShape);
}

DenseElementsAttr ConstantTensor::getAttr(MLIRContext *context) const {
  Type elementType;
  switch (type) {
  case TensorProto::FLOAT:
    elementType = Float32Type::get(context);
    break;
  case TensorProto::INT64:
    elementType = IntegerType::get(context, 64);
    break;
  case TensorProto::INT32:
    elementType = IntegerType::get(context, 32);
    break;
  default:
    elementType = IntegerType::get(context, 8);
    break;
  }
  return DenseElementsAttr::getFromRawBuffer(
      RankedTensorType::get(shape, elementType), bytes);
}
