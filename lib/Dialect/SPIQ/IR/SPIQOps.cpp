//===- SPIQOps.cpp - Definitions generated from ODS -----------------------===//
//
// Instantiates the generated operation classes and the custom directives of
// their assembly formats.
//
//===----------------------------------------------------------------------===//

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"

#include "mlir/IR/DialectImplementation.h"

using namespace mlir;
using namespace spiq;

/// Parses the bare keyword of an enumeration attribute.
template <typename EnumAttr, typename Enum>
static ParseResult parseEnum(OpAsmParser &parser, EnumAttr &attr) {
  FailureOr<Enum> value = FieldParser<Enum>::parse(parser);
  if (failed(value))
    return failure();
  attr = EnumAttr::get(parser.getContext(), *value);
  return success();
}

static ParseResult parseActivationKind(OpAsmParser &parser,
                                       ActivationKindAttr &kind) {
  return parseEnum<ActivationKindAttr, ActivationKind>(parser, kind);
}

static void printActivationKind(OpAsmPrinter &printer, Operation *,
                                ActivationKindAttr kind) {
  printer << stringifyActivationKind(kind.getValue());
}

static ParseResult parseResizeMode(OpAsmParser &parser, ResizeModeAttr &mode) {
  return parseEnum<ResizeModeAttr, ResizeMode>(parser, mode);
}

static void printResizeMode(OpAsmPrinter &printer, Operation *,
                            ResizeModeAttr mode) {
  printer << stringifyResizeMode(mode.getValue());
}

#define GET_OP_CLASSES
#include "spiq/Dialect/SPIQ/IR/SPIQOps.cpp.inc"
