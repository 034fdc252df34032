//===- CHeader.cpp - The header of a compiled model -------------*- C++ -*-===//
//
// Writes the C declarations of a compiled model.
//
//===----------------------------------------------------------------------===//

#include "spiq/CodeGen/CHeader.h"

#include "spiq/CodeGen/ModelABI.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace spiq {

std::string toCIdentifier(StringRef text) {
  std::string result;
  for (char c : text)
    result.push_back(llvm::isAlnum(c) ? c : '_');
  if (result.empty() || llvm::isDigit(result.front()))
    result.insert(0, "model_");
  return result;
}

/// The types of the descriptor, as `spiq/Runtime/ModelABI.h` declares them.
static constexpr StringLiteral kDescriptor =
#include "Descriptor.inc"
    ;

static StringRef getCTypeName(ABIType type) {
  switch (type) {
  case ABIType::F32:
    return "float";
  case ABIType::I8:
    return "int8_t";
  case ABIType::U8:
    return "uint8_t";
  case ABIType::I32:
    return "int32_t";
  case ABIType::I64:
    return "int64_t";
  }
  llvm_unreachable("unknown type of the interface");
}

/// Makes `text` safe inside of a C comment.
static std::string toComment(StringRef text) {
  std::string result;
  for (char c : text)
    result.push_back(llvm::isPrint(c) && c != '*' && c != '\\' ? c : '_');
  return result;
}

/// Writes one line of a comment for each tensor.
static void describeTensors(raw_ostream &os, StringRef array,
                            ArrayRef<TensorSignature> tensors) {
  for (auto [index, tensor] : llvm::enumerate(tensors)) {
    std::optional<ABITensor> abi = getABITensor(tensor.type);
    assert(abi && "the signature was checked when it was recorded");
    os << "     " << array << "[" << index << "]  " << getCTypeName(abi->type)
       << " ";
    for (int64_t size : abi->shape)
      os << "[" << size << "]";
    os << " \"" << toComment(tensor.name) << "\"";
    if (abi->scales.size() == 1)
      os << ", scale " << abi->scales.front() << ", zero point "
         << abi->zeroPoints.front();
    else if (!abi->scales.empty())
      os << ", " << abi->scales.size() << " scales, see the descriptor";
    os << "\n";
  }
}

void writeCHeader(raw_ostream &os, StringRef name,
                  const ModelSignature &signature, uint64_t workspaceBytes,
                  bool isParallel, StringRef target) {
  std::string guard = "SPIQ_MODEL_" + name.upper() + "_H";
  os << "/* " << name << ".h - model compiled by SPIQ for " << toComment(target)
     << " */\n\n#ifndef " << guard << "\n#define " << guard << "\n\n"
     << kDescriptor;
  os << "\n/* Runs the model. Tensors in the order of the model file:\n\n";
  describeTensors(os, "inputs", signature.inputs);
  describeTensors(os, "outputs", signature.outputs);
  os << "\n   `workspace` holds\n   " << name
     << "_workspace_size() bytes, aligned to 64; its contents need not be\n"
        "   initialized and mean nothing afterwards. Outputs must not overlap\n"
        "   inputs or the workspace. The function allocates nothing and keeps "
        "no\n   state: several threads may run it, each with its own "
        "workspace.\n   Returns SPIQ_OK or an error, before anything is "
        "written. */\n";
  os << "int32_t " << name
     << "_run(const void *const *inputs, void *const *outputs,\n"
     << std::string(name.size() + 13, ' ') << "void *workspace);\n\n";
  if (isParallel)
    os << "/* Does the same with threads of the caller: runs `parallel_for` "
          "once for each\n   layer that is worth it. */\nint32_t "
       << name
       << "_run_parallel(const void *const *inputs, void *const *outputs,\n"
       << std::string(name.size() + 22, ' ') << "void *workspace,\n"
       << std::string(name.size() + 22, ' ')
       << "const spiq_parallel_for *parallel_for);\n\n";
  os << "/* Bytes of workspace that a run needs. */\n#define " << name.upper()
     << "_WORKSPACE_SIZE " << workspaceBytes << "\nuint64_t " << name
     << "_workspace_size(void);\n\n";
  os << "/* The model's descriptor. */\nconst spiq_model_info *" << name
     << "_info(void);\n\n";
  os << "#ifdef __cplusplus\n}\n#endif\n\n#endif /* " << guard << " */\n";
}

} // namespace spiq
