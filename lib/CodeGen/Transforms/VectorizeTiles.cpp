//===- VectorizeTiles.cpp - spiq-vectorize-tiles ----------------*- C++ -*-===//
//
// Vectorizes linalg operations that are small enough.
//
//===----------------------------------------------------------------------===//

#include "TileVectorizer.h"

#include "spiq/CodeGen/Passes.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace spiq {
#define GEN_PASS_DEF_VECTORIZETILES
#include "spiq/CodeGen/Passes.h.inc"
} // namespace spiq

using namespace mlir;
using namespace spiq;

namespace {
struct VectorizeTilesPass
    : public spiq::impl::VectorizeTilesBase<VectorizeTilesPass> {
  using VectorizeTilesBase::VectorizeTilesBase;

  void runOnOperation() override {
    RegisterFile registers{vectorBits, vectorRegisters};
    SmallVector<linalg::GenericOp> ops;
    getOperation().walk([&](linalg::GenericOp op) { ops.push_back(op); });
    IRRewriter rewriter(&getContext());
    VectorForwarding forwarding;
    for (linalg::GenericOp op : ops) {
      std::optional<int64_t> vectors = countVectors(op, registers);
      if (!vectors || *vectors > maxVectors) {
        ++numScalar;
        continue;
      }
      vectorizeTile(rewriter, op, registers, forwarding);
      ++numVectorized;
    }
  }
};
} // namespace
