//===- CompileOptions.h - What spiq-compile is asked to do ------*- C++ -*-===//
//
// The options of a compilation, independent of the command line.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_DRIVER_COMPILEOPTIONS_H
#define SPIQ_DRIVER_COMPILEOPTIONS_H

#include "spiq/CodeGen/Target.h"
#include "spiq/Pipelines/Pipelines.h"

#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <string>
#include <vector>

namespace spiq {

/// Where a compilation stops, in the order of the stages.
enum class Stage {
  ONNXImport,
  SPIQ,
  Quantized,
  Linalg,
  Kernels,
  LLVMDialect,
  LLVMIR,
  Bitcode,
  Assembly,
  Object,
  StaticLibrary,
  SharedLibrary
};

/// The name of `stage` in `--emit=`.
llvm::StringRef getStageName(Stage stage);

/// The layout of images that a compiled model takes and returns.
enum class IOLayout {
  /// As in the model.
  NCHW,
  /// Channels last.
  NHWC
};

/// The type of values that a compiled model takes and returns.
enum class IOType {
  /// As in the model.
  Float,
  /// Stored bytes, for inputs and outputs that the network quantizes.
  Quantized
};

/// Everything that a compilation depends on.
struct CompileOptions {
  /// An ONNX or MLIR file.
  std::string input;
  /// A file, or a folder that gets files named after the model; `-` is the
  /// standard output, for stages that are one text or file.
  std::string output;
  Stage stage = Stage::SharedLibrary;
  /// At least one; several, of one architecture, become variants in one
  /// library.
  std::vector<TargetRequest> targets;
  /// C identifier of the model; empty: made from the name of the input.
  std::string name;

  /// Leave the network in floating point.
  bool isFloat = false;
  /// Text of the quantization options, as `spiq-quantize` takes them.
  std::string quantization;
  /// Take inputs for scaled bytes of images if batch-norm suggests it.
  bool detectsBytes = true;
  IOLayout ioLayout = IOLayout::NCHW;
  IOType ioType = IOType::Float;
  /// Use native kernels where the target and the layer allow.
  bool native = true;
  /// File of measured schedules of layers; empty: the cost model chooses.
  std::string schedules;
  /// Measure schedules first and record them in `schedules`, which may exist.
  bool tune = false;
  /// Schedules of each layer that are measured, and the time of all runs.
  unsigned tuningCandidates = 8;
  double tuningSeconds = 4.0;
  /// Tile, fuse and vectorize.
  bool vectorize = true;
  /// Largest number of threads of a run; 1 leaves out `NAME_run_parallel`.
  unsigned threads = defaultMaxThreads;
  /// Let every run record the times of its steps, for `spiq-run --profile`.
  bool profile = false;
  /// Return the values inside of the network as well, for `spiq-eval --layers`.
  bool exposesLayers = false;

  /// Stands for an unknown batch size.
  int64_t batch = 1;
  /// `name:1x3x224x224`, replaces shapes of the file.
  std::vector<std::string> inputShapes;

  /// Say what happens, on stderr.
  bool verbose = false;
  /// Print a table of the time that each pass takes, on stderr.
  bool time = false;
};

} // namespace spiq

#endif // SPIQ_DRIVER_COMPILEOPTIONS_H
