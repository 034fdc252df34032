//===- Elementwise.h - Broadcasting of elementwise operators ----*- C++ -*-===//

#ifndef SPIQ_LIB_TARGET_ONNX_ELEMENTWISE_H
#define SPIQ_LIB_TARGET_ONNX_ELEMENTWISE_H

#include "NodeImporter.h"

namespace spiq::onnx_import {

/// The order in which an elementwise operator with a result of `rank`
/// dimensions computes: that of its first computed input of that rank, or
/// channels last. Scalars compute as vectors of one element: the order then
/// has one dimension.
SmallVector<int64_t> chooseOrder(NodeImporter &node, int64_t rank);

/// The shape, in ONNX's order, to which the inputs broadcast.
FailureOr<SmallVector<int64_t>> getBroadcastShape(NodeImporter &node,
                                                  ArrayRef<size_t> inputs);

/// Input `index` as a vector of `channels` elements, if it is a constant that
/// varies along the last dimension of `order` only.
std::optional<ConstantTensor> getChannelConstant(NodeImporter &node,
                                                 size_t index,
                                                 ArrayRef<int64_t> order,
                                                 int64_t channels);

/// Sets the result of an operator that computed in an order of `chooseOrder`.
LogicalResult setElementwiseResult(NodeImporter &node, Value result,
                                   ArrayRef<int64_t> order);

} // namespace spiq::onnx_import

#endif // SPIQ_LIB_TARGET_ONNX_ELEMENTWISE_H
