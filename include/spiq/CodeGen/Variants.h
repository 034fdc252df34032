//===- Variants.h - One model for several instruction sets ------*- C++ -*-===//
//
// Joins compilations of a model for several processors of one architecture, and
// lets a model find out whether it runs on a processor.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_CODEGEN_VARIANTS_H
#define SPIQ_CODEGEN_VARIANTS_H

#include "spiq/CodeGen/Target.h"

#include "llvm/IR/Module.h"

#include <memory>
#include <vector>

namespace spiq {

/// Most targets that one library can hold.
inline constexpr unsigned maxVariants = 31;

/// A model compiled for one of several targets, with its C interface.
struct Variant {
  Target target;
  std::unique_ptr<llvm::Module> module;
};

/// Sorts targets so that of those which a processor supports, the last one is
/// the fastest: by the rate of dot products of their kernels, otherwise as
/// given.
void sortBySpeed(std::vector<Target> &targets);

/// Whether there are processors of the architecture that lack instructions of
/// `target`: a model for it must ask before it runs.
bool needsDispatch(const Target &target);

/// Joins `variants`, sorted and of one context, to one module. Its public
/// functions are those of each variant, called `name`:
///
/// - run functions call the last variant that the processor supports, and
///   return `ABIStatus::CPU` if there is none;
/// - descriptors are those of that variant, or of the first; each lists all
///   variants, if there are several, whose own run functions return
///   `ABIStatus::CPU` on a processor that does not support them;
/// - the size of the workspace is the largest of all variants.
///
/// The processor is asked once; what it answers is kept in one atomic variable,
/// to which every thread would write the same. All targets must be of one
/// architecture.
std::unique_ptr<llvm::Module> joinVariants(std::vector<Variant> variants,
                                           llvm::StringRef name);

} // namespace spiq

#endif // SPIQ_CODEGEN_VARIANTS_H
