//===- OpTable.h - The operators that can be imported -----------*- C++ -*-===//
//
// One table maps ONNX operators to functions that import them; one function per
// operator or family, in the file of its family.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_TARGET_ONNX_OPTABLE_H
#define SPIQ_LIB_TARGET_ONNX_OPTABLE_H

#include "NodeImporter.h"

namespace spiq::onnx_import {

using ImportFunction = LogicalResult (*)(NodeImporter &);

/// An operator of ONNX's default domain.
struct OpEntry {
  StringRef name;
  /// The number of inputs that it may have; leading ones are required.
  unsigned minInputs, maxInputs;
  /// Imports the node as operations; null if it only exists on constants.
  ImportFunction import;
  /// Computes the node when all inputs are constants; may be null.
  ImportFunction fold;
};

/// The entry for an operator, or null if it cannot be imported.
const OpEntry *lookupOp(StringRef domain, StringRef opType);

// Convolution.cpp
LogicalResult importConv(NodeImporter &node);
LogicalResult importConvTranspose(NodeImporter &node);
// Normalization.cpp
LogicalResult importBatchNormalization(NodeImporter &node);
LogicalResult importLayerNormalization(NodeImporter &node);
LogicalResult importSoftmax(NodeImporter &node);
LogicalResult importLogSoftmax(NodeImporter &node);
// Activations.cpp
LogicalResult importRelu(NodeImporter &node);
LogicalResult importClip(NodeImporter &node);
LogicalResult importActivation(NodeImporter &node);
LogicalResult importPRelu(NodeImporter &node);
LogicalResult importUnary(NodeImporter &node);
// Elementwise.cpp
LogicalResult importAdd(NodeImporter &node);
LogicalResult importSub(NodeImporter &node);
LogicalResult importMul(NodeImporter &node);
LogicalResult importDiv(NodeImporter &node);
LogicalResult importPow(NodeImporter &node);
LogicalResult importMinMax(NodeImporter &node);
LogicalResult importSum(NodeImporter &node);
// Pooling.cpp
LogicalResult importMaxPool(NodeImporter &node);
LogicalResult importAveragePool(NodeImporter &node);
LogicalResult importGlobalPool(NodeImporter &node);
// Reductions.cpp
LogicalResult importReduce(NodeImporter &node);
// Linear.cpp
LogicalResult importGemm(NodeImporter &node);
LogicalResult importMatMul(NodeImporter &node);
// Reshaping.cpp
LogicalResult importReshape(NodeImporter &node);
LogicalResult importFlatten(NodeImporter &node);
LogicalResult importSqueeze(NodeImporter &node);
LogicalResult importUnsqueeze(NodeImporter &node);
LogicalResult importTile(NodeImporter &node);
LogicalResult importTranspose(NodeImporter &node);
LogicalResult importDepthToSpace(NodeImporter &node);
LogicalResult importSpaceToDepth(NodeImporter &node);
LogicalResult importIdentity(NodeImporter &node);
LogicalResult importDropout(NodeImporter &node);
LogicalResult importExpand(NodeImporter &node);
// Slicing.cpp
LogicalResult importConcat(NodeImporter &node);
LogicalResult importSplit(NodeImporter &node);
LogicalResult importSlice(NodeImporter &node);
LogicalResult importGather(NodeImporter &node);
LogicalResult importPad(NodeImporter &node);
// Resize.cpp
LogicalResult importResize(NodeImporter &node);
LogicalResult importUpsample(NodeImporter &node);
// Quantization.cpp
LogicalResult importQuantizeLinear(NodeImporter &node);
LogicalResult importDequantizeLinear(NodeImporter &node);
// ShapeArithmetic.cpp: these take any inputs, because shapes are known.
LogicalResult importConstant(NodeImporter &node);
LogicalResult importShape(NodeImporter &node);
LogicalResult importSize(NodeImporter &node);
LogicalResult importCast(NodeImporter &node);
LogicalResult foldConstantOfShape(NodeImporter &node);
LogicalResult foldRange(NodeImporter &node);
// ConstantFolding.cpp: on constants only.
LogicalResult foldArithmetic(NodeImporter &node);
LogicalResult foldUnary(NodeImporter &node);
LogicalResult foldCast(NodeImporter &node);
LogicalResult foldWhere(NodeImporter &node);
LogicalResult foldReduce(NodeImporter &node);
LogicalResult foldConcat(NodeImporter &node);
LogicalResult foldGather(NodeImporter &node);

} // namespace spiq::onnx_import

#endif // SPIQ_LIB_TARGET_ONNX_OPTABLE_H
