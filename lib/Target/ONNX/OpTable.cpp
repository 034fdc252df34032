//===- OpTable.cpp - The operators that can be imported -------------------===//

#include "OpTable.h"
#include "llvm/ADT/STLExtras.h"

using namespace spiq::onnx_import;

static constexpr unsigned kAny = ~0u;

/// Sorted by name.
static constexpr OpEntry kOps[] = {
    {"Abs", 1, 1, importUnary, foldUnary},
    {"Add", 2, 2, importAdd, foldArithmetic},
    {"And", 2, 2, nullptr, foldArithmetic},
    {"AveragePool", 1, 1, importAveragePool, nullptr},
    {"BatchNormalization", 5, 5, importBatchNormalization, nullptr},
    {"Cast", 1, 1, importCast, foldCast},
    {"Ceil", 1, 1, importUnary, foldUnary},
    {"Clip", 1, 3, importClip, nullptr},
    {"Concat", 1, kAny, importConcat, foldConcat},
    {"Constant", 0, 0, importConstant, nullptr},
    {"ConstantOfShape", 1, 1, nullptr, foldConstantOfShape},
    {"Conv", 2, 3, importConv, nullptr},
    {"ConvTranspose", 2, 3, importConvTranspose, nullptr},
    {"DepthToSpace", 1, 1, importDepthToSpace, nullptr},
    {"DequantizeLinear", 2, 3, importDequantizeLinear, nullptr},
    {"Div", 2, 2, importDiv, foldArithmetic},
    {"Dropout", 1, 3, importDropout, nullptr},
    {"Elu", 1, 1, importActivation, nullptr},
    {"Equal", 2, 2, nullptr, foldArithmetic},
    {"Erf", 1, 1, importUnary, foldUnary},
    {"Exp", 1, 1, importUnary, foldUnary},
    {"Expand", 2, 2, importExpand, nullptr},
    {"Flatten", 1, 1, importFlatten, nullptr},
    {"Floor", 1, 1, importUnary, foldUnary},
    {"Gather", 2, 2, importGather, foldGather},
    {"Gelu", 1, 1, importActivation, nullptr},
    {"Gemm", 2, 3, importGemm, nullptr},
    {"GlobalAveragePool", 1, 1, importGlobalPool, nullptr},
    {"GlobalMaxPool", 1, 1, importGlobalPool, nullptr},
    {"Greater", 2, 2, nullptr, foldArithmetic},
    {"GreaterOrEqual", 2, 2, nullptr, foldArithmetic},
    {"HardSigmoid", 1, 1, importActivation, nullptr},
    {"HardSwish", 1, 1, importActivation, nullptr},
    {"Identity", 1, 1, importIdentity, nullptr},
    {"LayerNormalization", 2, 3, importLayerNormalization, nullptr},
    {"LeakyRelu", 1, 1, importActivation, nullptr},
    {"Less", 2, 2, nullptr, foldArithmetic},
    {"LessOrEqual", 2, 2, nullptr, foldArithmetic},
    {"Log", 1, 1, importUnary, foldUnary},
    {"LogSoftmax", 1, 1, importLogSoftmax, nullptr},
    {"MatMul", 2, 2, importMatMul, nullptr},
    {"Max", 1, kAny, importMinMax, foldArithmetic},
    {"MaxPool", 1, 1, importMaxPool, nullptr},
    {"Min", 1, kAny, importMinMax, foldArithmetic},
    {"Mish", 1, 1, importActivation, nullptr},
    {"Mod", 2, 2, nullptr, foldArithmetic},
    {"Mul", 2, 2, importMul, foldArithmetic},
    {"Neg", 1, 1, importUnary, foldUnary},
    {"Not", 1, 1, nullptr, foldUnary},
    {"Or", 2, 2, nullptr, foldArithmetic},
    {"PRelu", 2, 2, importPRelu, nullptr},
    {"Pad", 1, 4, importPad, nullptr},
    {"Pow", 2, 2, importPow, foldArithmetic},
    {"QuantizeLinear", 2, 3, importQuantizeLinear, nullptr},
    {"Range", 3, 3, nullptr, foldRange},
    {"Reciprocal", 1, 1, importUnary, foldUnary},
    {"ReduceMax", 1, 2, importReduce, foldReduce},
    {"ReduceMean", 1, 2, importReduce, foldReduce},
    {"ReduceMin", 1, 2, importReduce, foldReduce},
    {"ReduceProd", 1, 2, nullptr, foldReduce},
    {"ReduceSum", 1, 2, importReduce, foldReduce},
    {"Relu", 1, 1, importRelu, foldUnary},
    {"Reshape", 1, 2, importReshape, nullptr},
    {"Resize", 1, 4, importResize, nullptr},
    {"Round", 1, 1, importUnary, foldUnary},
    {"Shape", 1, 1, importShape, nullptr},
    {"Sigmoid", 1, 1, importActivation, nullptr},
    {"Size", 1, 1, importSize, nullptr},
    {"Slice", 1, 5, importSlice, nullptr},
    {"Softmax", 1, 1, importSoftmax, nullptr},
    {"Softplus", 1, 1, importActivation, nullptr},
    {"SpaceToDepth", 1, 1, importSpaceToDepth, nullptr},
    {"Split", 1, 2, importSplit, nullptr},
    {"Sqrt", 1, 1, importUnary, foldUnary},
    {"Squeeze", 1, 2, importSqueeze, nullptr},
    {"Sub", 2, 2, importSub, foldArithmetic},
    {"Sum", 1, kAny, importSum, nullptr},
    {"Tanh", 1, 1, importActivation, nullptr},
    {"Tile", 2, 2, importTile, nullptr},
    {"Transpose", 1, 1, importTranspose, nullptr},
    {"Unsqueeze", 1, 2, importUnsqueeze, nullptr},
    {"Upsample", 1, 2, importUpsample, nullptr},
    {"Where", 3, 3, nullptr, foldWhere},
};

const OpEntry *spiq::onnx_import::lookupOp(StringRef domain, StringRef opType) {
  if (!domain.empty() && domain != "ai.onnx")
    return nullptr;
  const OpEntry *entry =
      llvm::lower_bound(kOps, opType, [](const OpEntry &op, StringRef name) {
        return op.name < name;
      });
  return entry != std::end(kOps) && entry->name == opType ? entry : nullptr;
}
