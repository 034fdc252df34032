//===- SPIQAttributes.cpp - Attributes of the SPIQ dialect ----------------===//
//
// Parses, prints and verifies `#spiq.channel_stats`, and registers the
// attributes of the dialect.
//
//===----------------------------------------------------------------------===//

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"

#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/ADT/TypeSwitch.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace spiq;

#define GET_ATTRDEF_CLASSES
#include "spiq/Dialect/SPIQ/IR/SPIQAttributes.cpp.inc"

void SPIQDialect::registerAttributes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "spiq/Dialect/SPIQ/IR/SPIQAttributes.cpp.inc"
      >();
}

static DenseF64ArrayAttr getOptionalArray(MLIRContext *context,
                                          ArrayRef<double> values) {
  return values.empty() ? DenseF64ArrayAttr()
                        : DenseF64ArrayAttr::get(context, values);
}

ChannelStatsAttr ChannelStatsAttr::get(MLIRContext *context,
                                       ArrayRef<double> mean,
                                       ArrayRef<double> stddev,
                                       ArrayRef<double> min,
                                       ArrayRef<double> max) {
  return Base::get(context, DenseF64ArrayAttr::get(context, mean),
                   DenseF64ArrayAttr::get(context, stddev),
                   getOptionalArray(context, min),
                   getOptionalArray(context, max));
}

ArrayRef<double> ChannelStatsAttr::getMin() const {
  return getLowerBounds() ? getLowerBounds().asArrayRef() : ArrayRef<double>();
}

ArrayRef<double> ChannelStatsAttr::getMax() const {
  return getUpperBounds() ? getUpperBounds().asArrayRef() : ArrayRef<double>();
}

double ChannelStatsAttr::getLowerBound(int64_t channel) const {
  return getMin().empty() ? -std::numeric_limits<double>::infinity()
                          : getMin()[channel];
}

double ChannelStatsAttr::getUpperBound(int64_t channel) const {
  return getMax().empty() ? std::numeric_limits<double>::infinity()
                          : getMax()[channel];
}

LogicalResult
ChannelStatsAttr::verify(llvm::function_ref<InFlightDiagnostic()> emitError,
                         DenseF64ArrayAttr means, DenseF64ArrayAttr stddevs,
                         DenseF64ArrayAttr lowerBounds,
                         DenseF64ArrayAttr upperBounds) {
  ArrayRef<double> mean = means, stddev = stddevs, min, max;
  if (lowerBounds)
    min = lowerBounds;
  if (upperBounds)
    max = upperBounds;
  if (mean.empty())
    return emitError() << "expects the mean of at least one channel";
  if (mean.size() != stddev.size())
    return emitError() << "expects as many standard deviations as means ("
                       << mean.size() << "), got " << stddev.size();
  if (!min.empty() && min.size() != mean.size())
    return emitError() << "expects as many lower bounds as means ("
                       << mean.size() << "), got " << min.size();
  if (!max.empty() && max.size() != mean.size())
    return emitError() << "expects as many upper bounds as means ("
                       << mean.size() << "), got " << max.size();
  for (auto [channel, value] : llvm::enumerate(mean))
    if (!std::isfinite(value))
      return emitError() << "mean of channel " << channel << " is not finite";
  for (auto [channel, value] : llvm::enumerate(stddev))
    if (!std::isfinite(value) || value < 0.0)
      return emitError() << "standard deviation of channel " << channel
                         << " must be finite and not negative";
  for (size_t channel = 0; channel < mean.size(); ++channel) {
    double low = min.empty() ? -HUGE_VAL : min[channel];
    double high = max.empty() ? HUGE_VAL : max[channel];
    if (!(low <= high))
      return emitError() << "bounds of channel " << channel
                         << " are not ordered";
  }
  return success();
}

/// Reads `[number, ...]`; each number is a float, an integer or `inf`, with an
/// optional minus sign.
static ParseResult parseNumbers(AsmParser &parser,
                                SmallVectorImpl<double> &values) {
  return parser.parseCommaSeparatedList(
      AsmParser::Delimiter::Square, [&]() -> ParseResult {
        bool negative = succeeded(parser.parseOptionalMinus());
        double value;
        if (succeeded(parser.parseOptionalKeyword("inf")))
          value = std::numeric_limits<double>::infinity();
        else if (parser.parseFloat(value))
          return failure();
        values.push_back(negative ? -value : value);
        return success();
      });
}

Attribute ChannelStatsAttr::parse(AsmParser &parser, Type) {
  SmallVector<double> mean, stddev, min, max;
  SMLoc loc = parser.getCurrentLocation();
  auto parseField = [&]() -> ParseResult {
    StringRef name;
    SMLoc nameLoc = parser.getCurrentLocation();
    if (parser.parseKeyword(&name) || parser.parseEqual())
      return failure();
    auto *values = llvm::StringSwitch<SmallVector<double> *>(name)
                       .Case("mean", &mean)
                       .Case("stddev", &stddev)
                       .Case("min", &min)
                       .Case("max", &max)
                       .Default(nullptr);
    if (!values)
      return parser.emitError(nameLoc)
             << "expected 'mean', 'stddev', 'min' or 'max', got '" << name
             << "'";
    if (!values->empty())
      return parser.emitError(nameLoc) << "got '" << name << "' twice";
    return parseNumbers(parser, *values);
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::LessGreater,
                                     parseField))
    return {};
  MLIRContext *context = parser.getContext();
  return parser.getChecked<ChannelStatsAttr>(
      loc, context, DenseF64ArrayAttr::get(context, mean),
      DenseF64ArrayAttr::get(context, stddev), getOptionalArray(context, min),
      getOptionalArray(context, max));
}

static void printNumbers(AsmPrinter &printer, StringRef name,
                         ArrayRef<double> values) {
  printer << name << " = [";
  llvm::interleaveComma(values, printer, [&](double value) {
    if (std::isinf(value))
      printer << (value < 0 ? "-inf" : "inf");
    else
      printer.printFloat(APFloat(value));
  });
  printer << "]";
}

void ChannelStatsAttr::print(AsmPrinter &printer) const {
  printer << "<";
  printNumbers(printer, "mean", getMean());
  printNumbers(printer, ", stddev", getStddev());
  if (!getMin().empty())
    printNumbers(printer, ", min", getMin());
  if (!getMax().empty())
    printNumbers(printer, ", max", getMax());
  printer << ">";
}
