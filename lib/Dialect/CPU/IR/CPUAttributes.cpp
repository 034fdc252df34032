//===- CPUAttributes.cpp - Attributes of spiq_cpu -------------------------===//
//
// Verifies schedules as far as they do not depend on a layer.
//
//===----------------------------------------------------------------------===//

#include "spiq/Dialect/CPU/IR/CPU.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace spiq::cpu;

static bool isPositive(int64_t value) { return value > 0; }

LogicalResult
ConvScheduleAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                         int64_t pixels, DenseI64ArrayAttr blocks, Loop,
                         int64_t mergedGroups) {
  if (!isPositive(pixels) || !isPositive(mergedGroups))
    return emitError() << "expects positive 'pixels' and 'merged_groups', got "
                       << pixels << " and " << mergedGroups;
  if (blocks.empty())
    return emitError() << "expects at least one block";
  for (int64_t vectors : blocks.asArrayRef())
    if (!isPositive(vectors) || vectors > maxBlockVectors)
      return emitError() << "expects blocks of 1 to " << maxBlockVectors
                         << " vectors, got " << vectors;
  return success();
}

LogicalResult DepthwiseScheduleAttr::verify(
    function_ref<InFlightDiagnostic()> emitError, int64_t rows, int64_t columns,
    DenseI64ArrayAttr lanes, DenseI64ArrayAttr pieces) {
  if (!isPositive(rows) || !isPositive(columns))
    return emitError() << "expects positive 'rows' and 'columns', got " << rows
                       << " and " << columns;
  if (lanes.empty() || lanes.size() != pieces.size())
    return emitError() << "expects lanes and pieces of each block, got "
                       << lanes.size() << " and " << pieces.size();
  for (auto [blockLanes, blockPieces] :
       llvm::zip(lanes.asArrayRef(), pieces.asArrayRef()))
    if (!isPositive(blockLanes) || !isPositive(blockPieces) ||
        4 * blockLanes % blockPieces != 0)
      return emitError() << "expects positive lanes, whose bytes the pieces "
                            "divide, got "
                         << blockLanes << " lanes and " << blockPieces
                         << " pieces";
  return success();
}
