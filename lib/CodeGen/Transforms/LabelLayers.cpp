//===- LabelLayers.cpp - spiq-label-layers ----------------------*- C++ -*-===//
//
// Writes the names of layers to the functions that compute them.
//
//===----------------------------------------------------------------------===//

#include "spiq/CodeGen/LayerLabels.h"
#include "spiq/CodeGen/Passes.h"
#include "spiq/CodeGen/Signature.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/StringExtras.h"

namespace spiq {
#define GEN_PASS_DEF_LABELLAYERS
#include "spiq/CodeGen/Passes.h.inc"
} // namespace spiq

using namespace mlir;
using namespace spiq;

/// The names of the nodes at `location`, joined by `+`.
static std::string getNodes(Location location) {
  llvm::SetVector<StringRef> names;
  location->walk([&](LocationAttr part) {
    if (auto name = dyn_cast<NameLoc>(part))
      names.insert(name.getName());
    return WalkResult::advance();
  });
  std::string nodes = llvm::join(names, "+");
  // They become comments of one line.
  for (char &c : nodes)
    if (static_cast<unsigned char>(c) < ' ')
      c = ' ';
  return nodes;
}

namespace {
struct LabelLayersPass : public spiq::impl::LabelLayersBase<LabelLayersPass> {
  void runOnOperation() override {
    FailureOr<FunctionOpInterface> entry = findEntryFunction(getOperation());
    if (failed(entry))
      return signalPassFailure();
    Builder b(&getContext());
    SymbolTable symbols(getOperation());
    llvm::MapVector<LLVM::LLVMFuncOp, llvm::SetVector<StringAttr>> layers;
    (*entry)->walk([&](LLVM::CallOp call) {
      std::string nodes = getNodes(call.getLoc());
      auto callee = call.getCallee()
                        ? symbols.lookup<LLVM::LLVMFuncOp>(*call.getCallee())
                        : LLVM::LLVMFuncOp();
      if (callee && !callee.isExternal() && !nodes.empty())
        layers[callee].insert(b.getStringAttr(nodes));
    });
    for (auto &[function, names] : layers) {
      std::string text;
      for (StringAttr name : names)
        text += (text.empty() ? "" : "\n") + name.str();
      SmallVector<Attribute> attributes;
      if (ArrayAttr existing = function.getPassthroughAttr())
        llvm::append_range(attributes, existing);
      attributes.push_back(b.getStrArrayAttr({kLayersAttr, text}));
      function.setPassthroughAttr(b.getArrayAttr(attributes));
    }
  }
};
} // namespace
