//===- Execution.cpp - Compile and run a test case ------------------------===//
//
// Lowers with convert-spiq-to-linalg and passes of MLIR itself, so that the
// test depends on nothing but the pass under test.
//
//===----------------------------------------------------------------------===//

#include "Execution.h"

#include "spiq/Conversion/Passes.h"
#include "spiq/Dialect/SPIQ/IR/QuantizedTypes.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Bufferization/Pipelines/Passes.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/ExecutionEngine/ExecutionEngine.h"
#include "mlir/ExecutionEngine/OptUtils.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

namespace spiq::test {

static LogicalResult lowerToLLVM(ModuleOp module) {
  PassManager pm(module.getContext());
  pm.addPass(createConvertSPIQToLinalg());
  pm.addPass(createCanonicalizerPass());
  bufferization::OneShotBufferizePassOptions bufferize;
  bufferize.bufferizeFunctionBoundaries = true;
  bufferize.functionBoundaryTypeConversion =
      bufferization::LayoutMapOption::IdentityLayoutMap;
  pm.addPass(bufferization::createOneShotBufferizePass(bufferize));
  bufferization::BufferResultsToOutParamsPassOptions results;
  results.modifyPublicFunctions = true;
  pm.addPass(bufferization::createBufferResultsToOutParamsPass(results));
  bufferization::BufferDeallocationPipelineOptions deallocation;
  bufferization::buildBufferDeallocationPipeline(pm, deallocation);
  pm.addNestedPass<func::FuncOp>(createConvertLinalgToLoopsPass());
  pm.addPass(memref::createExpandStridedMetadataPass());
  pm.addPass(createLowerAffinePass());
  pm.addPass(createConvertBufferizationToMemRefPass());
  pm.addPass(createSCFToControlFlowPass());
  pm.addPass(createConvertMathToLLVMPass());
  pm.addPass(createConvertMathToLibmPass());
  pm.addPass(createArithToLLVMConversionPass());
  pm.addPass(createFinalizeMemRefToLLVMConversionPass());
  pm.addPass(createConvertFuncToLLVMPass());
  pm.addPass(createConvertControlFlowToLLVMPass());
  pm.addPass(createConvertIndexToLLVMPass());
  pm.addPass(createReconcileUnrealizedCastsPass());
  return pm.run(module);
}

namespace {
/// A tensor in memory behind a memref descriptor of its rank.
class Buffer {
public:
  Buffer(ArrayRef<int64_t> shape, Type storedType)
      : bytes(std::max<int64_t>(ShapedType::getNumElements(shape), 1) *
              storedType.getIntOrFloatBitWidth() / 8) {
    // allocated, aligned, offset, sizes, strides
    auto data = reinterpret_cast<int64_t>(bytes.data());
    descriptor.assign({data, data, 0});
    llvm::append_range(descriptor, shape);
    SmallVector<int64_t> strides(shape.size(), 1);
    for (size_t dim = shape.size(); dim-- > 1;)
      strides[dim - 1] = strides[dim] * shape[dim];
    llvm::append_range(descriptor, strides);
    pointer = descriptor.data();
  }
  Buffer(const Buffer &) = delete;

  template <typename T>
  MutableArrayRef<T> as() {
    return {reinterpret_cast<T *>(bytes.data()), bytes.size() / sizeof(T)};
  }
  /// What a packed call takes: the address of the descriptor's address.
  void *getPacked() { return &pointer; }

private:
  std::vector<char> bytes;
  SmallVector<int64_t> descriptor;
  void *pointer;
};
} // namespace

/// The element type of a tensor after the lowering.
static Type getStoredType(Type type) {
  Type element = getElementTypeOrSelf(type);
  return getQuantizedElementType(element)
             ? IntegerType::get(type.getContext(), 8)
             : element;
}

static void store(const reference::Tensor &tensor, Type storedType,
                  Buffer &buffer) {
  if (tensor.isFloat)
    llvm::copy(tensor.floats, buffer.as<float>().begin());
  else if (storedType.isInteger(8))
    llvm::copy(tensor.integers, buffer.as<int8_t>().begin());
  else
    llvm::copy(tensor.integers, buffer.as<int32_t>().begin());
}

static reference::Tensor load(RankedTensorType type, Buffer &buffer) {
  if (type.getElementType().isF32()) {
    auto tensor = reference::Tensor::ofFloats(type.getShape());
    llvm::copy(buffer.as<float>(), tensor.floats.begin());
    return tensor;
  }
  auto tensor = reference::Tensor::ofIntegers(type.getShape());
  auto quantized = getQuantizedElementType(type);
  for (auto [value, byte] : llvm::zip(tensor.integers, buffer.as<int8_t>()))
    value = quantized.isSigned() ? byte : uint8_t(byte);
  return tensor;
}

FailureOr<reference::Tensor>
compileAndRun(ModuleOp module, TypeRange argumentTypes,
              ArrayRef<reference::Tensor> arguments,
              RankedTensorType resultType) {
  if (failed(lowerToLLVM(module)))
    return failure();
  ExecutionEngineOptions options;
  auto transformer = makeOptimizingTransformer(2, 0, nullptr);
  options.transformer = transformer;
  options.jitCodeGenOptLevel = llvm::CodeGenOptLevel::Default;
  StringRef library = SPIQ_RUNNER_UTILS;
  options.sharedLibPaths = library;
  auto engine = ExecutionEngine::create(module, options);
  if (!engine) {
    emitError(module.getLoc()) << llvm::toString(engine.takeError());
    return failure();
  }
  std::vector<std::unique_ptr<Buffer>> buffers;
  SmallVector<void *> packed;
  for (auto [type, argument] : llvm::zip(argumentTypes, arguments)) {
    buffers.push_back(
        std::make_unique<Buffer>(argument.shape, getStoredType(type)));
    store(argument, getStoredType(type), *buffers.back());
    packed.push_back(buffers.back()->getPacked());
  }
  Buffer result(resultType.getShape(), getStoredType(resultType));
  packed.push_back(result.getPacked());
  if (auto error = (*engine)->invokePacked("_mlir_ciface_main", packed)) {
    emitError(module.getLoc()) << llvm::toString(std::move(error));
    return failure();
  }
  return load(resultType, result);
}

} // namespace spiq::test
