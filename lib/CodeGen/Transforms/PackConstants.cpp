//===- PackConstants.cpp - spiq-pack-constants ------------------*- C++ -*-===//
//
// Lays constants out in the order in which tiles read them.
//
//===----------------------------------------------------------------------===//

#include "spiq/CodeGen/Passes.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

#include <cstring>
#include <map>
#include <tuple>

namespace spiq {
#define GEN_PASS_DEF_PACKCONSTANTS
#include "spiq/CodeGen/Passes.h.inc"
} // namespace spiq

using namespace mlir;

namespace {
/// Columns of a constant that a slice takes: `width` of them from `first`, or
/// from every multiple of `width` in a range that ends at `end`.
struct Panels {
  int64_t first, width, end;

  int64_t getCount() const { return (end - first) / width; }
  bool operator<(const Panels &other) const {
    return std::tie(first, width, end) <
           std::tie(other.first, other.width, other.end);
  }
};
} // namespace

/// The panels that `slice` takes in the course of its loop; none if it takes
/// anything but whole columns, or columns that overlap.
static std::optional<Panels> getPanels(tensor::ExtractSliceOp slice) {
  ArrayRef<int64_t> shape = slice.getSourceType().getShape();
  unsigned last = shape.size() - 1;
  if (slice.getType().getRank() != slice.getSourceType().getRank() ||
      !slice.hasUnitStride() || !slice.getType().hasStaticShape())
    return std::nullopt;
  for (unsigned dim = 0; dim < last; ++dim)
    if (slice.getStaticOffset(dim) != 0 ||
        slice.getStaticSize(dim) != shape[dim])
      return std::nullopt;
  int64_t width = slice.getStaticSize(last);
  if (!slice.isDynamicOffset(last)) {
    int64_t first = slice.getStaticOffset(last);
    return Panels{first, width, first + width};
  }
  scf::ForOp loop = scf::getForInductionVarOwner(slice.getDynamicOffset(last));
  if (!loop)
    return std::nullopt;
  std::optional<int64_t> low = getConstantIntValue(loop.getLowerBound());
  std::optional<int64_t> high = getConstantIntValue(loop.getUpperBound());
  std::optional<int64_t> step = getConstantIntValue(loop.getStep());
  if (low != 0 || !high || step != width || *high % width != 0)
    return std::nullopt;
  return Panels{0, width, *high};
}

/// The columns of `panels`, one panel behind the other.
static DenseElementsAttr pack(DenseElementsAttr values, const Panels &panels) {
  auto type = cast<RankedTensorType>(values.getType());
  SmallVector<int64_t> shape(type.getShape());
  int64_t numColumns = shape.back();
  int64_t numRows = type.getNumElements() / numColumns;
  shape.back() = panels.width;
  if (panels.getCount() != 1)
    shape.insert(shape.begin(), panels.getCount());

  int64_t elementBytes = type.getElementTypeBitWidth() / 8;
  int64_t rowBytes = panels.width * elementBytes;
  std::vector<char> bytes(panels.getCount() * numRows * rowBytes);
  char *out = bytes.data();
  for (int64_t column = panels.first; column < panels.end;
       column += panels.width)
    for (int64_t row = 0; row < numRows; ++row, out += rowBytes)
      std::memcpy(out,
                  values.getRawData().data() +
                      (row * numColumns + column) * elementBytes,
                  rowBytes);
  return DenseElementsAttr::getFromRawBuffer(
      RankedTensorType::get(shape, type.getElementType()), bytes);
}

/// Replaces `slice` by one of the `panels` that `packed` holds.
static void replaceByPanel(tensor::ExtractSliceOp slice, const Panels &panels,
                           Value packed) {
  if (panels.getCount() != 1) {
    OpBuilder builder(slice);
    Location loc = slice.getLoc();
    unsigned rank = slice.getType().getRank();
    AffineExpr column = builder.getAffineDimExpr(0);
    Value panel = affine::AffineApplyOp::create(
        builder, loc, AffineMap::get(1, 0, column.floorDiv(panels.width)),
        slice.getDynamicOffset(rank - 1));
    SmallVector<OpFoldResult> offsets(rank + 1, builder.getIndexAttr(0));
    SmallVector<OpFoldResult> sizes(rank + 1, builder.getIndexAttr(1));
    SmallVector<OpFoldResult> strides(rank + 1, builder.getIndexAttr(1));
    offsets.front() = panel;
    for (unsigned dim = 0; dim < rank; ++dim)
      sizes[dim + 1] = builder.getIndexAttr(slice.getStaticSize(dim));
    packed = tensor::ExtractSliceOp::create(builder, loc, slice.getType(),
                                            packed, offsets, sizes, strides);
  }
  slice.replaceAllUsesWith(packed);
  slice.erase();
}

namespace {
struct PackConstantsPass
    : public spiq::impl::PackConstantsBase<PackConstantsPass> {
  using PackConstantsBase::PackConstantsBase;

  void runOnOperation() override {
    SmallVector<arith::ConstantOp> constants;
    getOperation().walk([&](arith::ConstantOp constant) {
      auto values = dyn_cast<DenseElementsAttr>(constant.getValue());
      auto type = dyn_cast<RankedTensorType>(constant.getType());
      if (values && type && !values.isSplat() && type.getRank() >= 2 &&
          type.getElementType().isIntOrFloat() &&
          type.getElementTypeBitWidth() % 8 == 0)
        constants.push_back(constant);
    });
    for (arith::ConstantOp constant : constants)
      packConstant(constant);
  }

  /// Packs `constant` unless some user would need it as it was.
  void packConstant(arith::ConstantOp constant) {
    SmallVector<std::pair<tensor::ExtractSliceOp, Panels>> slices;
    for (Operation *user : constant->getUsers()) {
      auto slice = dyn_cast<tensor::ExtractSliceOp>(user);
      std::optional<Panels> panels =
          slice ? getPanels(slice) : std::optional<Panels>();
      if (!panels)
        return;
      slices.emplace_back(slice, *panels);
    }
    if (slices.empty())
      return;
    OpBuilder builder(constant);
    auto values = cast<DenseElementsAttr>(constant.getValue());
    std::map<Panels, Value> packed;
    for (auto &[slice, panels] : slices) {
      Value &value = packed[panels];
      if (!value)
        value = arith::ConstantOp::create(builder, constant.getLoc(),
                                          pack(values, panels));
      replaceByPanel(slice, panels, value);
    }
    constant.erase();
    ++numPacked;
  }
};
} // namespace
