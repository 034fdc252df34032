//===- ExternalData.cpp - Weights stored beside the model -----------------===//

#include "ExternalData.h"
#include "ConstantTensor.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace spiq::onnx_import;
using ::onnx::TensorProto;

namespace {
/// The key-value pairs by which ONNX describes an external tensor.
struct ExternalLocation {
  llvm::StringRef file;
  uint64_t offset = 0;
  std::optional<uint64_t> length;
};
} // namespace

static llvm::Error tensorError(const TensorProto &tensor,
                               const llvm::Twine &reason) {
  return llvm::createStringError("tensor '" + llvm::Twine(tensor.name()) +
                                 "': " + reason);
}

static llvm::Expected<ExternalLocation>
parseLocation(const TensorProto &tensor) {
  ExternalLocation location;
  for (const auto &entry : tensor.external_data()) {
    llvm::StringRef value = entry.value();
    uint64_t number = 0;
    if (entry.key() == "location") {
      location.file = value;
    } else if (entry.key() == "offset") {
      if (value.getAsInteger(10, location.offset))
        return tensorError(tensor, "external data offset '" + value +
                                       "' is not a number");
    } else if (entry.key() == "length") {
      if (value.getAsInteger(10, number))
        return tensorError(tensor, "external data length '" + value +
                                       "' is not a number");
      location.length = number;
    }
  }
  if (location.file.empty())
    return tensorError(tensor, "external data has no location");
  return location;
}

/// The real path of `file` inside of `folder`.
static llvm::Expected<std::string> resolve(const TensorProto &tensor,
                                           llvm::StringRef folder,
                                           llvm::StringRef file) {
  if (file.contains('\0') || llvm::sys::path::is_absolute(file))
    return tensorError(tensor, "external data location '" + file +
                                   "' must be relative to the model");
  if (folder.empty())
    folder = ".";
  llvm::SmallString<256> joined(folder), real, root;
  llvm::sys::path::append(joined, file);
  std::error_code error = llvm::sys::fs::real_path(joined, real);
  if (!error)
    error = llvm::sys::fs::real_path(folder, root);
  if (error)
    return tensorError(tensor, "cannot open external data file '" + joined +
                                   "': " + error.message());
  // Symbolic links are resolved by now, so a prefix is a containing folder.
  if (root.back() != '/')
    root += '/';
  if (!real.str().starts_with(root))
    return tensorError(tensor, "external data location '" + file +
                                   "' lies outside of the model's folder");
  if (!llvm::sys::fs::is_regular_file(real))
    return tensorError(tensor, "external data location '" + file +
                                   "' is not a regular file");
  return real.str().str();
}

static llvm::Error loadTensor(TensorProto &tensor, llvm::StringRef folder) {
  if (tensor.data_location() != TensorProto::EXTERNAL)
    return llvm::Error::success();
  llvm::Expected<ExternalLocation> location = parseLocation(tensor);
  if (!location)
    return location.takeError();
  std::optional<int64_t> count =
      getNumElements({tensor.dims().data(), size_t(tensor.dims_size())});
  unsigned elementBytes = getElementBytes(tensor.data_type());
  if (!count || elementBytes == 0)
    return llvm::Error::success(); // the model verifier says what is wrong
  uint64_t expected = static_cast<uint64_t>(*count) * elementBytes;
  if (location->length.value_or(expected) != expected)
    return tensorError(
        tensor, "external data length is " + llvm::Twine(*location->length) +
                    " bytes, but the tensor needs " + llvm::Twine(expected));
  llvm::Expected<std::string> path = resolve(tensor, folder, location->file);
  if (!path)
    return path.takeError();
  uint64_t fileSize = 0;
  if (std::error_code error = llvm::sys::fs::file_size(*path, fileSize))
    return tensorError(tensor,
                       "cannot read '" + *path + "': " + error.message());
  if (location->offset > fileSize || expected > fileSize - location->offset)
    return tensorError(tensor, "external data file '" + location->file +
                                   "' has " + llvm::Twine(fileSize) +
                                   " bytes, but the tensor needs " +
                                   llvm::Twine(expected) + " bytes at offset " +
                                   llvm::Twine(location->offset));
  auto slice =
      llvm::MemoryBuffer::getFileSlice(*path, expected, location->offset);
  if (!slice)
    return tensorError(tensor, "cannot read '" + *path +
                                   "': " + slice.getError().message());
  tensor.set_raw_data((*slice)->getBufferStart(), (*slice)->getBufferSize());
  tensor.clear_external_data();
  tensor.set_data_location(TensorProto::DEFAULT);
  return llvm::Error::success();
}

llvm::Error spiq::onnx_import::loadExternalData(::onnx::ModelProto &model,
                                                llvm::StringRef folder) {
  ::onnx::GraphProto &graph = *model.mutable_graph();
  for (TensorProto &tensor : *graph.mutable_initializer())
    if (llvm::Error error = loadTensor(tensor, folder))
      return error;
  for (::onnx::NodeProto &node : *graph.mutable_node())
    for (::onnx::AttributeProto &attribute : *node.mutable_attribute())
      if (attribute.has_t())
        if (llvm::Error error = loadTensor(*attribute.mutable_t(), folder))
          return error;
  return llvm::Error::success();
}
