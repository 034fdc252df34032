//===- NumpyFile.cpp - Tensors in .npy files ------------------------------===//
//
// The format: "\x93NUMPY", version, length of the header, and the header, a
// Python dictionary such as
// {'descr': '<f4', 'fortran_order': False, 'shape': (1, 3), }, then the data.
//
//===----------------------------------------------------------------------===//

#include "spiq/Reference/NumpyFile.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileOutputBuffer.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

#include <cstring>
#include <optional>

namespace spiq::reference {

static constexpr llvm::StringLiteral magic = "\x93NUMPY";

static llvm::StringRef getDescription(NumpyType type) {
  switch (type) {
  case NumpyType::F32:
    return "<f4";
  case NumpyType::I8:
    return "|i1";
  case NumpyType::U8:
    return "|u1";
  case NumpyType::I32:
    return "<i4";
  }
  llvm_unreachable("all types are handled");
}

static size_t getSize(NumpyType type) {
  return type == NumpyType::F32 || type == NumpyType::I32 ? 4 : 1;
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

/// The text behind `'key':` in a header.
static llvm::StringRef getField(llvm::StringRef header, llvm::StringRef key) {
  auto [before, value] = header.split(("'" + key + "':").str());
  return value.ltrim();
}

static std::optional<NumpyType> parseType(llvm::StringRef header) {
  llvm::StringRef value = getField(header, "descr");
  for (NumpyType type :
       {NumpyType::F32, NumpyType::I8, NumpyType::U8, NumpyType::I32})
    if (value.starts_with(("'" + getDescription(type) + "'").str()))
      return type;
  return std::nullopt;
}

static std::optional<llvm::SmallVector<int64_t>>
parseShape(llvm::StringRef header) {
  llvm::StringRef value = getField(header, "shape");
  if (!value.consume_front("("))
    return std::nullopt;
  llvm::SmallVector<llvm::StringRef> fields;
  value.split(')').first.split(fields, ',', -1, /*KeepEmpty=*/false);
  llvm::SmallVector<int64_t> shape;
  // Far below what would overflow the number of bytes.
  constexpr int64_t limit = int64_t(1) << 40;
  int64_t count = 1;
  for (llvm::StringRef field : fields) {
    int64_t size;
    if (field.trim().empty())
      continue;
    if (field.trim().getAsInteger(10, size) || size < 0 || size > limit)
      return std::nullopt;
    shape.push_back(size);
    if (size != 0 && count > limit / size)
      return std::nullopt;
    count *= size;
  }
  return shape;
}

template <typename T, typename U>
static void copyElements(const char *data, std::vector<U> &values) {
  for (U &value : values) {
    T element;
    std::memcpy(&element, data, sizeof(T));
    value = element;
    data += sizeof(T);
  }
}

llvm::Expected<Tensor> readNumpyFile(llvm::StringRef path) {
  auto fail = [&](const llvm::Twine &what) {
    return llvm::createStringError("cannot read '" + path + "': " + what);
  };
  auto file = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                          /*RequiresNullTerminator=*/false);
  if (!file)
    return fail(file.getError().message());
  llvm::StringRef data = (*file)->getBuffer();
  if (!data.consume_front(magic) || data.size() < 6)
    return fail("not a file in NumPy format");
  // Version 1 has a header length of two bytes, later versions of four.
  size_t lengthSize = data[0] == 1 ? 2 : 4;
  uint64_t length = lengthSize == 2
                        ? llvm::support::endian::read16le(data.data() + 2)
                        : llvm::support::endian::read32le(data.data() + 2);
  data = data.drop_front(2 + lengthSize);
  if (data.size() < length)
    return fail("the header is cut off");
  llvm::StringRef header = data.take_front(length);
  data = data.drop_front(length);
  auto type = parseType(header);
  auto shape = parseShape(header);
  if (!type)
    return fail("expects float32, int8, uint8 or int32 elements, got " +
                getField(header, "descr").split(',').first);
  if (!getField(header, "fortran_order").starts_with("False"))
    return fail("expects a row-major array; save the result of "
                "numpy.ascontiguousarray");
  if (!shape)
    return fail("the header has no valid shape");
  Tensor tensor = *type == NumpyType::F32 ? Tensor() : Tensor::ofIntegers({});
  tensor.shape = *shape;
  size_t count = tensor.getNumElements();
  if (data.size() != count * getSize(*type))
    return fail("expects " + llvm::Twine(count * getSize(*type)) +
                " bytes of data, got " + llvm::Twine(data.size()));
  tensor.isFloat ? tensor.floats.resize(count) : tensor.integers.resize(count);
  switch (*type) {
  case NumpyType::F32:
    copyElements<float>(data.data(), tensor.floats);
    break;
  case NumpyType::I8:
    copyElements<int8_t>(data.data(), tensor.integers);
    break;
  case NumpyType::U8:
    copyElements<uint8_t>(data.data(), tensor.integers);
    break;
  case NumpyType::I32:
    copyElements<int32_t>(data.data(), tensor.integers);
    break;
  }
  return tensor;
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

static std::string getHeader(const Tensor &tensor, NumpyType type) {
  std::string header;
  llvm::raw_string_ostream os(header);
  os << "{'descr': '" << getDescription(type)
     << "', 'fortran_order': False, 'shape': (";
  for (int64_t size : tensor.shape)
    os << size << ",";
  os << "), }";
  // The data starts at a multiple of 64.
  while ((magic.size() + 4 + header.size() + 1) % 64 != 0)
    os << ' ';
  os << '\n';
  return header;
}

static void appendElements(std::string &bytes, const Tensor &tensor,
                           NumpyType type) {
  auto append = [&](auto element) {
    bytes.append(reinterpret_cast<const char *>(&element), sizeof(element));
  };
  for (float value : tensor.floats)
    append(value);
  for (int32_t value : tensor.integers)
    if (type == NumpyType::I32)
      append(value);
    else
      append(static_cast<int8_t>(value));
}

llvm::Error writeNumpyFile(llvm::StringRef path, const Tensor &tensor,
                           NumpyType type) {
  std::string header = getHeader(tensor, type);
  std::string bytes = magic.str();
  bytes += '\1';
  bytes += '\0';
  bytes += char(header.size() & 0xff);
  bytes += char(header.size() >> 8);
  bytes += header;
  appendElements(bytes, tensor, type);
  // Written under another name and renamed when complete.
  auto buffer = llvm::FileOutputBuffer::create(path, bytes.size());
  if (!buffer)
    return llvm::createStringError("cannot write '" + path +
                                   "': " + llvm::toString(buffer.takeError()));
  llvm::copy(bytes, (*buffer)->getBufferStart());
  return (*buffer)->commit();
}

} // namespace spiq::reference
