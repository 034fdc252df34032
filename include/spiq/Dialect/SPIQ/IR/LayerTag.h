//===- LayerTag.h - What a location says of a layer -------------*- C++ -*-===//
//
// Facts about an operation that outlive its lowering in its location.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_DIALECT_SPIQ_IR_LAYERTAG_H
#define SPIQ_DIALECT_SPIQ_IR_LAYERTAG_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Location.h"

#include <optional>
#include <string>

namespace spiq {

/// What a fused location tells about the operation it was written for, as its
/// metadata `{op = "conv_2d", macs = 1152 : i64, integer}`.
struct LayerTag {
  /// Name of the operation without its dialect.
  std::string op;
  /// Products that the operation accumulates; zero for anything but layers.
  int64_t macs = 0;
  /// Whether the products are those of integers.
  bool isInteger = false;

  /// The tag that `location` itself carries; none if it has none.
  static std::optional<LayerTag> get(mlir::Attribute location) {
    auto fused = mlir::dyn_cast<mlir::FusedLoc>(location);
    auto facts = fused ? mlir::dyn_cast_if_present<mlir::DictionaryAttr>(
                             fused.getMetadata())
                       : mlir::DictionaryAttr();
    auto op = facts ? facts.getAs<mlir::StringAttr>("op") : mlir::StringAttr();
    auto macs =
        facts ? facts.getAs<mlir::IntegerAttr>("macs") : mlir::IntegerAttr();
    if (!op || !macs)
      return std::nullopt;
    return LayerTag{op.str(), macs.getInt(), facts.contains("integer")};
  }

  /// `location` with this tag.
  mlir::Location attach(mlir::Location location) const {
    mlir::Builder builder(location.getContext());
    mlir::NamedAttrList facts;
    facts.set("op", builder.getStringAttr(op));
    facts.set("macs", builder.getI64IntegerAttr(macs));
    if (isInteger)
      facts.set("integer", builder.getUnitAttr());
    return mlir::FusedLoc::get({location},
                               facts.getDictionary(location.getContext()),
                               location.getContext());
  }
};

} // namespace spiq

#endif // SPIQ_DIALECT_SPIQ_IR_LAYERTAG_H
