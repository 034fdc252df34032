//===- Library.cpp - Libraries with header and report -----------*- C++ -*-===//
//
// Writes what C programs need to use a compiled model.
//
//===----------------------------------------------------------------------===//

#include "Library.h"

#include "spiq/CodeGen/CHeader.h"
#include "spiq/CodeGen/ModelABI.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace mlir;

namespace spiq {

/// Bytes that an LLVM type of nested arrays of numbers takes.
static uint64_t getConstantBytes(Type type) {
  uint64_t count = 1;
  while (auto array = dyn_cast<LLVM::LLVMArrayType>(type)) {
    count *= array.getNumElements();
    type = array.getElementType();
  }
  return type.isIntOrFloat()
             ? count * llvm::divideCeil(type.getIntOrFloatBitWidth(), 8)
             : 0;
}

ModelFacts ModelFacts::get(ModuleOp module) {
  FailureOr<ModelSignature> signature = ModelSignature::get(module);
  assert(succeeded(signature) && "expected a model with a C interface");
  ModelFacts facts;
  facts.signature = std::move(*signature);
  if (auto bytes = module->getAttrOfType<IntegerAttr>(kWorkspaceBytesAttr))
    facts.workspaceBytes = bytes.getInt();
  for (auto global : module.getOps<LLVM::GlobalOp>())
    facts.constantBytes += getConstantBytes(global.getGlobalType());
  return facts;
}

void ModelFacts::add(const ModelFacts &other) {
  signature = other.signature;
  workspaceBytes = std::max(workspaceBytes, other.workspaceBytes);
  constantBytes += other.constantBytes;
}

llvm::Error LibraryWriter::write(OutputFiles &files, size_t mainFile,
                                 const LibraryFiles &libraryFiles,
                                 StringRef object) {
  if (llvm::Error error = writeLibrary(files, mainFile, object))
    return error;
  if (libraryFiles.header) {
    std::string text;
    llvm::raw_string_ostream os(text);
    writeCHeader(os, name, facts.signature, facts.workspaceBytes,
                 options.threads > 1, description);
    if (llvm::Error error = files.write(*libraryFiles.header, text))
      return error;
  }
  if (libraryFiles.report) {
    uint64_t bytes = 0;
    (void)llvm::sys::fs::file_size(files.getTemporaryPath(mainFile), bytes);
    return files.write(*libraryFiles.report, createReport(bytes));
  }
  return llvm::Error::success();
}

llvm::Error LibraryWriter::writeLibrary(OutputFiles &files, size_t mainFile,
                                        StringRef object) {
  if (options.stage == Stage::Object)
    return files.write(mainFile, object);
  if (options.stage == Stage::StaticLibrary) {
    llvm::Expected<std::string> archive =
        createStaticLibrary(object, (name + ".o").str());
    if (!archive)
      return archive.takeError();
    return files.write(mainFile, *archive);
  }

  return writeSharedLibrary(files, mainFile, object);
}

/// Creates an empty temporary file, which `remover` removes.
static llvm::Error createTemporary(StringRef extension,
                                   llvm::SmallVectorImpl<char> &path,
                                   llvm::FileRemover &remover) {
  if (std::error_code error =
          llvm::sys::fs::createTemporaryFile("spiq", extension, path))
    return llvm::createStringError("cannot create a temporary file: " +
                                   error.message());
  remover.setFile(path);
  return llvm::Error::success();
}

/// Links in the folder of temporary files: a linker that fails, because a
/// device is full for example, may leave a part of its output.
llvm::Error LibraryWriter::writeSharedLibrary(OutputFiles &files,
                                              size_t mainFile,
                                              StringRef object) {
  llvm::SmallString<128> objectPath, libraryPath;
  llvm::FileRemover removeObject, removeLibrary;
  if (llvm::Error error = createTemporary("o", objectPath, removeObject))
    return error;
  if (llvm::Error error = createTemporary("so", libraryPath, removeLibrary))
    return error;
  std::error_code openError;
  llvm::raw_fd_ostream os(objectPath, openError);
  os << object;
  os.close();
  if (std::error_code error = os.error()) {
    os.clear_error();
    return llvm::createStringError("cannot write '" + objectPath +
                                   "': " + error.message());
  }
  if (llvm::Error error =
          linkSharedLibrary(*linker, target, objectPath, libraryPath,
                            llvm::sys::path::filename(files.getPath(mainFile))))
    return error;
  auto library = llvm::MemoryBuffer::getFile(libraryPath);
  if (!library)
    return llvm::createStringError("cannot read '" + libraryPath +
                                   "': " + library.getError().message());
  return files.write(mainFile, (*library)->getBuffer());
}

static StringRef getTypeName(ABIType type) {
  switch (type) {
  case ABIType::F32:
    return "f32";
  case ABIType::I8:
    return "i8";
  case ABIType::U8:
    return "u8";
  case ABIType::I32:
    return "i32";
  case ABIType::I64:
    return "i64";
  }
  llvm_unreachable("unknown type of the interface");
}

/// `predictions` are empty or one per tensor.
static void writeTensors(llvm::json::OStream &json, StringRef key,
                         ArrayRef<TensorSignature> tensors,
                         ArrayRef<std::optional<double>> predictions) {
  json.attributeArray(key, [&] {
    for (auto [index, tensor] : llvm::enumerate(tensors)) {
      std::optional<ABITensor> abi = getABITensor(tensor.type);
      assert(abi && "the signature was checked when it was recorded");
      json.object([&, &tensor = tensor, &index = index] {
        json.attribute("name", llvm::json::fixUTF8(tensor.name));
        json.attribute("type", getTypeName(abi->type));
        json.attributeArray("shape", [&] {
          for (int64_t size : abi->shape)
            json.value(size);
        });
        json.attribute("bytes", abi->bytes);
        if (index < predictions.size() && predictions[index])
          json.attribute("predicted_sqnr_db", *predictions[index]);
      });
    }
  });
}

std::string LibraryWriter::createReport(uint64_t libraryBytes) {
  std::string text;
  llvm::raw_string_ostream os(text);
  llvm::json::OStream json(os, /*IndentSize=*/2);
  json.object([&] {
    json.attribute("name", name);
    json.attribute("target", description);
    json.attribute("emit", getStageName(options.stage));
    json.attribute("float", options.isFloat);
    json.attribute("quantization", options.quantization);
    json.attribute("library_bytes", libraryBytes);
    json.attribute("constant_bytes", facts.constantBytes);
    json.attribute("workspace_bytes", facts.workspaceBytes);
    json.attributeArray("remarks", [&] {
      for (const std::string &remark : remarks)
        json.value(llvm::json::fixUTF8(remark));
    });
    writeTensors(json, "inputs", facts.signature.inputs, {});
    writeTensors(json, "outputs", facts.signature.outputs, predictions);
    json.attribute("layers", llvm::json::Array(layers));
  });
  os << "\n";
  return text;
}

} // namespace spiq
