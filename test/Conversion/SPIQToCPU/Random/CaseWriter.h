//===- CaseWriter.h - Compiled test cases as files --------------*- C++ -*-===//
//
// Compiles test cases for any target and writes them, with their arguments and
// expected results, for a C program that runs them.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_TEST_CONVERSION_SPIQTOCPU_RANDOM_CASEWRITER_H
#define SPIQ_TEST_CONVERSION_SPIQTOCPU_RANDOM_CASEWRITER_H

#include "Generators.h"

#include "spiq/CodeGen/Target.h"

namespace spiq::test {

/// Writes `case<i>.o` for each case and `cases.c` for all of them.
class CaseWriter {
public:
  CaseWriter(const Target &target, llvm::StringRef folder)
      : target(target), folder(folder) {}

  /// Compiles `builder`'s function, whose result is `expected`, under the
  /// name `description`. Counts the cases that became native kernels.
  mlir::LogicalResult add(CaseBuilder &builder,
                          const reference::Tensor &expected,
                          llvm::StringRef description);
  /// Writes the C program's table of cases.
  mlir::LogicalResult finish();

  unsigned getNumCases() const { return numCases; }
  unsigned getNumNative() const { return numNative; }

private:
  mlir::LogicalResult lower(mlir::ModuleOp module, llvm::StringRef name);
  mlir::LogicalResult writeObject(mlir::ModuleOp module, llvm::StringRef name);
  mlir::LogicalResult writeFile(llvm::StringRef name, llvm::StringRef text);

  const Target &target;
  std::string folder;
  std::string declarations, table;
  unsigned numCases = 0, numNative = 0;
};

} // namespace spiq::test

#endif // SPIQ_TEST_CONVERSION_SPIQTOCPU_RANDOM_CASEWRITER_H
