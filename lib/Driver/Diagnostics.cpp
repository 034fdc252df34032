//===- Diagnostics.cpp - Messages of a compilation --------------*- C++ -*-===//
//
// Prints MLIR's diagnostics the way a command line tool does.
//
//===----------------------------------------------------------------------===//

#include "Diagnostics.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Location.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/WithColor.h"

using namespace mlir;

namespace spiq {

/// `model.mlir:3:5: ` or `node 'conv1': `; empty if nothing is known.
static std::string describeLocation(LocationAttr location) {
  return llvm::TypeSwitch<LocationAttr, std::string>(location)
      .Case([](FileLineColLoc loc) {
        return (loc.getFilename().getValue() + ":" + Twine(loc.getLine()) +
                ":" + Twine(loc.getColumn()) + ": ")
            .str();
      })
      .Case([](NameLoc loc) {
        return ("node '" + loc.getName().getValue() + "': ").str();
      })
      .Case([](CallSiteLoc loc) { return describeLocation(loc.getCallee()); })
      .Case([](FusedLoc loc) {
        for (Location part : loc.getLocations())
          if (std::string text = describeLocation(part); !text.empty())
            return text;
        return std::string();
      })
      .Default([](LocationAttr) { return std::string(); });
}

DiagnosticPrinter::DiagnosticPrinter(MLIRContext &context)
    : handler(&context, [this](Diagnostic &diagnostic) { print(diagnostic); }) {
  // Whole operations belong into the output of spiq-opt.
  context.printOpOnDiagnostic(false);
}

void DiagnosticPrinter::print(Diagnostic &diagnostic) {
  std::string text =
      describeLocation(diagnostic.getLocation()) + diagnostic.str();
  llvm::raw_ostream &os = llvm::errs();
  switch (diagnostic.getSeverity()) {
  case DiagnosticSeverity::Error:
    llvm::WithColor::error(os, "spiq-compile") << text << "\n";
    break;
  case DiagnosticSeverity::Warning:
    llvm::WithColor::warning(os, "spiq-compile") << text << "\n";
    break;
  case DiagnosticSeverity::Remark:
    if (llvm::is_contained(remarks, text))
      return;
    remarks.push_back(text);
    llvm::WithColor::remark(os, "spiq-compile") << text << "\n";
    break;
  case DiagnosticSeverity::Note:
    llvm::WithColor::note(os) << text << "\n";
    break;
  }
  for (Diagnostic &note : diagnostic.getNotes())
    llvm::WithColor::note(os)
        << describeLocation(note.getLocation()) << note.str() << "\n";
}

} // namespace spiq
