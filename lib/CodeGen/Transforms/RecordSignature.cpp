//===- RecordSignature.cpp - spiq-record-signature --------------*- C++ -*-===//
//
// Records names and types of the model's inputs and outputs.
//
//===----------------------------------------------------------------------===//

#include "spiq/CodeGen/Passes.h"
#include "spiq/CodeGen/Signature.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"

namespace spiq {
#define GEN_PASS_DEF_RECORDSIGNATURE
#include "spiq/CodeGen/Passes.h.inc"
} // namespace spiq

using namespace mlir;
using namespace spiq;

/// Whether tensors of this element type can cross the C interface.
static bool isInterfaceType(Type type) {
  if (auto quantized = dyn_cast<quant::QuantizedType>(type))
    return quantized.getStorageTypeIntegralWidth() == 8;
  return type.isF32() || type.isInteger(8) || type.isInteger(32) ||
         type.isInteger(64);
}

/// Describes one value of the signature; `attrs` are its attributes.
static FailureOr<TensorSignature> describe(func::FuncOp function, Type type,
                                           DictionaryAttr attrs, StringRef kind,
                                           unsigned index) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !tensor.hasStaticShape() ||
      !isInterfaceType(tensor.getElementType()))
    return function.emitOpError()
           << kind << " " << index << " has type " << type
           << ", but a compiled model takes and returns statically shaped "
              "tensors of f32, i8, i32, i64 or quantized 8-bit values";
  if (attrs && attrs.contains(kUnsignedAttr) &&
      tensor.getElementType().isInteger(8))
    tensor = tensor.clone(IntegerType::get(
        type.getContext(), 8, IntegerType::SignednessSemantics::Unsigned));
  auto name = attrs ? attrs.getAs<StringAttr>(kNameAttr) : StringAttr();
  return TensorSignature{name ? name.str() : (kind + Twine(index)).str(),
                         tensor};
}

namespace {
struct RecordSignaturePass
    : public spiq::impl::RecordSignatureBase<RecordSignaturePass> {
  using RecordSignatureBase::RecordSignatureBase;

  void runOnOperation() override {
    FailureOr<FunctionOpInterface> entry = findEntryFunction(getOperation());
    if (failed(entry))
      return signalPassFailure();
    if ((*entry)->hasAttr(kSignatureAttr))
      return;
    auto function = dyn_cast<func::FuncOp>(entry->getOperation());
    if (!function) {
      (*entry)->emitOpError("is the model's entry, but not a func.func");
      return signalPassFailure();
    }
    for (auto callee : getOperation().getOps<func::FuncOp>())
      if (callee.isExternal()) {
        callee.emitOpError("has no body; a compiled model holds all that it "
                           "calls");
        return signalPassFailure();
      }
    if (failed(record(function)))
      signalPassFailure();
  }

  LogicalResult record(func::FuncOp function) {
    ModelSignature signature;
    for (auto [index, type] : llvm::enumerate(function.getArgumentTypes())) {
      FailureOr<TensorSignature> input = describe(
          function, type, function.getArgAttrDict(index), "input", index);
      if (failed(input))
        return failure();
      signature.inputs.push_back(std::move(*input));
    }
    for (auto [index, type] : llvm::enumerate(function.getResultTypes())) {
      FailureOr<TensorSignature> output = describe(
          function, type, function.getResultAttrDict(index), "output", index);
      if (failed(output))
        return failure();
      signature.outputs.push_back(std::move(*output));
    }
    signature.set(function);
    return success();
  }
};
} // namespace
