//===- Stages.h - Pipelines between the stages ------------------*- C++ -*-===//
//
// Runs the pipelines that take a model to a stage.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DRIVER_STAGES_H
#define SPIQ_LIB_DRIVER_STAGES_H

#include "Progress.h"

#include "spiq/CodeGen/Target.h"
#include "spiq/Driver/CompileOptions.h"

#include "mlir/IR/BuiltinOps.h"

namespace spiq {

/// Takes `module` from the imported form to `options.stage`, or to the
/// quantized form if the stage lies behind it.
mlir::LogicalResult runNetworkStages(mlir::ModuleOp module,
                                     const CompileOptions &options,
                                     Progress &progress);

/// Takes `module` from there to `options.stage`, or to LLVM dialect if the
/// stage lies behind it. `name` is the model's C identifier.
mlir::LogicalResult runTargetStages(mlir::ModuleOp module,
                                    const CompileOptions &options,
                                    const Target &target, llvm::StringRef name,
                                    Progress &progress);

} // namespace spiq

#endif // SPIQ_LIB_DRIVER_STAGES_H
