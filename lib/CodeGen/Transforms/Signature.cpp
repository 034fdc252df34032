//===- Signature.cpp - Inputs and outputs of a model ------------*- C++ -*-===//
//
// Reads and writes `spiq.signature`.
//
//===----------------------------------------------------------------------===//

#include "spiq/CodeGen/Signature.h"

#include "mlir/IR/Builders.h"

using namespace mlir;

namespace spiq {

static constexpr llvm::StringLiteral kInputs = "inputs";
static constexpr llvm::StringLiteral kOutputs = "outputs";
static constexpr llvm::StringLiteral kTensorName = "name";
static constexpr llvm::StringLiteral kTensorType = "type";

static Attribute toAttribute(MLIRContext *context,
                             ArrayRef<TensorSignature> tensors) {
  Builder builder(context);
  SmallVector<Attribute> entries;
  for (const TensorSignature &tensor : tensors)
    entries.push_back(builder.getDictionaryAttr(
        {builder.getNamedAttr(kTensorName, builder.getStringAttr(tensor.name)),
         builder.getNamedAttr(kTensorType, TypeAttr::get(tensor.type))}));
  return builder.getArrayAttr(entries);
}

static FailureOr<SmallVector<TensorSignature>> fromAttribute(Attribute attr) {
  SmallVector<TensorSignature> tensors;
  auto entries = dyn_cast_or_null<ArrayAttr>(attr);
  if (!entries)
    return failure();
  for (Attribute entry : entries) {
    auto dictionary = dyn_cast<DictionaryAttr>(entry);
    if (!dictionary)
      return failure();
    auto name = dictionary.getAs<StringAttr>(kTensorName);
    auto type = dictionary.getAs<TypeAttr>(kTensorType);
    auto tensorType =
        type ? dyn_cast<RankedTensorType>(type.getValue()) : RankedTensorType();
    if (!name || !tensorType)
      return failure();
    tensors.push_back({name.str(), tensorType});
  }
  return tensors;
}

FailureOr<ModelSignature> ModelSignature::get(Operation *function) {
  auto attr = function->getAttrOfType<DictionaryAttr>(kSignatureAttr);
  if (!attr)
    return failure();
  FailureOr<SmallVector<TensorSignature>> inputs =
      fromAttribute(attr.get(kInputs));
  FailureOr<SmallVector<TensorSignature>> outputs =
      fromAttribute(attr.get(kOutputs));
  if (failed(inputs) || failed(outputs))
    return failure();
  return ModelSignature{std::move(*inputs), std::move(*outputs)};
}

void ModelSignature::set(Operation *function) const {
  MLIRContext *context = function->getContext();
  Builder builder(context);
  function->setAttr(
      kSignatureAttr,
      builder.getDictionaryAttr(
          {builder.getNamedAttr(kInputs, toAttribute(context, inputs)),
           builder.getNamedAttr(kOutputs, toAttribute(context, outputs))}));
}

FailureOr<FunctionOpInterface> findEntryFunction(ModuleOp module) {
  SmallVector<FunctionOpInterface> candidates;
  for (auto function : module.getOps<FunctionOpInterface>()) {
    if (function->hasAttr(kSignatureAttr))
      return function;
    if (function.isPublic() && !function.isExternal())
      candidates.push_back(function);
  }
  if (candidates.size() == 1)
    return candidates.front();
  InFlightDiagnostic diag = module.emitError()
                            << "expected one public function with a body, the "
                               "model's entry, but found "
                            << candidates.size();
  for (FunctionOpInterface candidate : candidates)
    diag.attachNote(candidate.getLoc()) << "candidate '" << candidate.getName()
                                        << "'; make all but one private";
  return failure();
}

} // namespace spiq
