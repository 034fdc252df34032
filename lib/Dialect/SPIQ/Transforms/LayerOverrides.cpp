//===- LayerOverrides.cpp - Choices for single layers ---------------------===//
//
// Parses and applies per-layer choices.
//
//===----------------------------------------------------------------------===//

#include "LayerOverrides.h"

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"

#include "llvm/Support/LineIterator.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace mlir;
using namespace spiq;

StringRef spiq::getLocationName(Location loc) {
  StringRef name;
  loc->walk([&](Location part) {
    auto nameLoc = dyn_cast<NameLoc>(part);
    if (!nameLoc)
      return WalkResult::advance();
    name = nameLoc.getName();
    return WalkResult::interrupt();
  });
  return name;
}

/// Consumes `letter` and a number of bits between 2 and 8 from `text`.
static bool consumeBits(StringRef &text, StringRef letter,
                        std::optional<unsigned> &bits) {
  if (!text.consume_front(letter))
    return true;
  unsigned value;
  if (text.consumeInteger(10, value) || value < 2 || value > 8)
    return false;
  bits = value;
  return true;
}

LogicalResult LayerOverrides::add(StringRef entry, std::string &error) {
  auto [name, choice] = entry.rsplit('=');
  name = name.trim();
  choice = choice.trim();
  LayerOverride result;
  StringRef rest = choice;
  if (rest.consume_front("float"))
    result.isFloat = true;
  else if (!consumeBits(rest, "w", result.weightBits) ||
           !consumeBits(rest, "a", result.activationBits))
    rest = choice;
  if (name.empty() || choice.empty() || !rest.empty()) {
    error = ("expects an override of the form NAME=float, NAME=wBITS, "
             "NAME=aBITS or NAME=wBITSaBITS with 2 to 8 bits, got '" +
             entry + "'")
                .str();
    return failure();
  }
  entries[name] = result;
  return success();
}

LogicalResult LayerOverrides::addFile(StringRef path, std::string &error) {
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!buffer) {
    error = ("cannot read overrides from '" + path +
             "': " + buffer.getError().message())
                .str();
    return failure();
  }
  for (llvm::line_iterator line(**buffer); !line.is_at_end(); ++line) {
    StringRef text = line->trim();
    if (text.empty() || text.starts_with("//"))
      continue;
    if (failed(add(text, error))) {
      error = (path + ":" + Twine(line.line_number()) + ": " + error).str();
      return failure();
    }
  }
  return success();
}

LogicalResult LayerOverrides::resolve(Operation *function) {
  operations.clear();
  llvm::StringMap<bool> used;
  int64_t index = 0;
  function->walk([&](Operation *op) {
    SmallVector<std::string, 2> names;
    if (isa_and_nonnull<SPIQDialect>(op->getDialect()))
      names.push_back(getLocationName(op->getLoc()).str());
    if (isa<LinearOpInterface>(op))
      names.push_back("#" + std::to_string(index++));
    for (const std::string &name : names) {
      auto it = entries.find(name);
      if (it == entries.end())
        continue;
      operations[op] = it->second;
      used[name] = true;
    }
  });
  for (const auto &entry : entries)
    if (!used.count(entry.getKey()))
      return function->emitError()
             << "override '" << entry.getKey()
             << "' names no operation; layers are numbered #0 to #" << index - 1
             << " and named by their location";
  return success();
}
