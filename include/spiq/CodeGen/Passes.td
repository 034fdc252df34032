//===- Passes.td - Passes from linalg to LLVM --------------*- tablegen -*-===//
//
// Declares the passes of the portable back end: they take signless linalg on
// tensors to LLVM dialect with planned memory and a C interface.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_CODEGEN_PASSES_TD
#define SPIQ_CODEGEN_PASSES_TD

include "mlir/Pass/PassBase.td"

def RecordSignature : Pass<"spiq-record-signature", "::mlir::ModuleOp"> {
  let summary = "Writes down the tensors that the model takes and returns";
  let description = [{
    Adds the attribute `spiq.signature` to the entry function, the only public
    function of the module: name and type of every input and output, including
    the scales of quantized types. Later passes replace quantized types by plain
    integers and tensors by pointers; the C interface and the descriptor of the
    compiled model are written from this attribute.

    Names come from the argument and result attribute `spiq.name`; tensors
    without one are called `input0`, `output0` and so on. An existing signature
    is kept.
  }];
}

def PrepareLinalg : Pass<"spiq-prepare-linalg", "::mlir::func::FuncOp"> {
  let summary = "Reduces linalg to what the back end optimizes";
  let description = [{
    Decomposes `linalg.softmax` and `tensor.concat`, and turns every named
    linalg operation into `linalg.generic`, so that the passes behind see one
    kind of operation. The maximum or minimum of long rows becomes that of 16 or 8
    columns first.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
    "::mlir::math::MathDialect", "::mlir::tensor::TensorDialect"
  ];
}

defvar registerOptions = [
  Option<"vectorBits", "vector-bits", "unsigned", "128",
         "Width of vector registers in bits">,
  Option<"vectorRegisters", "vector-registers", "unsigned", "16",
         "Number of vector registers">
];

def TileAndFuse : Pass<"spiq-tile-and-fuse", "::mlir::func::FuncOp"> {
  let summary = "Tiles linalg to registers and fuses producers into the tiles";
  let description = [{
    Every `linalg.generic` whose result cannot be computed inside of the tiles
    of its only user becomes the root of a loop nest: it is tiled so that one
    tile of the result fits into vector registers, and the operations it alone
    uses, at the same position, are computed in the same tile. A convolution,
    its requantization and the residual addition thus become one nest in which
    accumulators never leave registers. Reductions are not tiled.

    The innermost dimension of the result is the one that vectors run along. An
    operation that multiplies a value that all lanes share (convolution, matrix
    product) gets a block of several pixels by several vectors of channels, and
    walks over the channels in the outermost loop, so that one block of weights
    stays in the cache. Loops whose step does not divide their size are peeled,
    so that every tile is of static size.
  }];
  let options = registerOptions;
  let statistics = [
    Statistic<"numRoots", "nests", "Number of loop nests">,
    Statistic<"numFused", "fused", "Number of operations fused into a nest">
  ];
  let dependentDialects = [
    "::mlir::affine::AffineDialect", "::mlir::linalg::LinalgDialect",
    "::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect"
  ];
}

def PackConstants : Pass<"spiq-pack-constants", "::mlir::func::FuncOp"> {
  let summary = "Lays constants out in the order in which tiles read them";
  let description = [{
    Weights lie with all output channels of an element behind each other, but a
    tile reads a few channels of every element: short runs, far apart, of which
    each page of memory holds one. A constant of which loops take whole blocks
    of columns, side by side, is cut into these blocks at compile time:

    ```mlir
    %w = arith.constant dense<...> : tensor<3x3x16x128xf32>
    scf.for %o = %c0 to %c128 step %c64 ... {
      %block = tensor.extract_slice %w[0, 0, 0, %o] [3, 3, 16, 64] [1, 1, 1, 1]
        : tensor<3x3x16x128xf32> to tensor<3x3x16x64xf32>
    ```

    becomes

    ```mlir
    %w = arith.constant dense<...> : tensor<2x3x3x16x64xf32>
    scf.for %o = %c0 to %c128 step %c64 ... {
      %i = affine.apply affine_map<(d0) -> (d0 floordiv 64)>(%o)
      %block = tensor.extract_slice %w[%i, 0, 0, 0, 0] [1, 3, 3, 16, 64] [1, 1, 1, 1, 1]
        : tensor<2x3x3x16x64xf32> to tensor<3x3x16x64xf32>
    ```

    A constant with any other user stays as it is, so that none is stored twice.
  }];
  let statistics = [
    Statistic<"numPacked", "packed", "Number of constants packed">
  ];
  let dependentDialects = [
    "::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect",
    "::mlir::tensor::TensorDialect"
  ];
}

def VectorizeTiles : Pass<"spiq-vectorize-tiles", "::mlir::func::FuncOp"> {
  let summary = "Turns linalg tiles into vectors and reduction loops";
  let description = [{
    Rewrites every `linalg.generic` on small static tensors: parallel dimensions
    are unrolled, the innermost dimension of the result becomes vectors of the
    target's width, and each reduction dimension becomes an `scf.for` that
    carries the accumulators as values. Operands that all lanes share are
    loaded as scalars and broadcast.

    A tile that reads what another tile computed takes the vectors themselves.
    Each tile is written by one `vector.transfer_write`, which
    `spiq-unroll-transfers` takes apart again behind bufferization. Operations
    that the pass does not understand stay and become scalar loops.
  }];
  let options = registerOptions # [
    Option<"maxVectors", "max-vectors", "unsigned", "32",
           "Largest number of vectors that a tile may consist of">
  ];
  let statistics = [
    Statistic<"numVectorized", "vectorized", "Number of tiles vectorized">,
    Statistic<"numScalar", "scalar", "Number of operations left to loops">
  ];
  let dependentDialects = [
    "::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect",
    "::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect",
    "::mlir::vector::VectorDialect"
  ];
}

def UnrollTransfers : Pass<"spiq-unroll-transfers", "::mlir::func::FuncOp"> {
  let summary = "Splits writes of tiles into writes of vectors";
  let description = [{
    Replaces every `vector.transfer_write` of a tile, assembled from vectors by
    `vector.insert` and `vector.insert_strided_slice`, by one write for each of
    the vectors, and of any other tile by one write for each row.

    A transfer of a vector whose elements are no neighbours in memory, as behind
    a slice with strides, becomes loads or stores of single elements.
  }];
  let dependentDialects = [
    "::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect",
    "::mlir::memref::MemRefDialect", "::mlir::vector::VectorDialect"
  ];
}

def LowerPads : Pass<"spiq-lower-pads", "::mlir::func::FuncOp"> {
  let summary = "Lets producers write into the interior of padded tensors";
  let description = [{
    Replaces `tensor.pad` with one constant value by a tensor whose border is
    filled in front of the operation that computes the interior, and a
    `tensor.insert_slice` of the interior. `eliminate-empty-tensors` then makes
    that operation write its result in place, so that padding copies nothing.

    The tensor is a `bufferization.alloc_tensor`: common subexpression
    elimination would merge the equal borders of repeated layers, and all layers
    but one would have to copy them.
  }];
  let dependentDialects = [
    "::mlir::bufferization::BufferizationDialect",
    "::mlir::linalg::LinalgDialect", "::mlir::tensor::TensorDialect"
  ];
}

def ShareConcatenations
    : Pass<"spiq-share-concatenations", "::mlir::func::FuncOp"> {
  let summary = "Lets a concatenation be the beginning of a longer one";
  let description = [{
    In densely connected networks each layer reads what all layers in front of
    it computed: concatenations of the same tensors, every one longer than the
    last. Where the tensors inserted into one `tensor.empty` are the first ones
    of another, the former becomes a slice of the latter, which is begun
    earlier:

    ```mlir
    %0 = tensor.insert_slice %a into %e[0, 0] [4, 8] [1, 1]
    %1 = tensor.insert_slice %b into %0[0, 8] [4, 8] [1, 1]
    %ab = tensor.extract_slice %1[0, 0] [4, 16] [1, 1]
    ...
    %abc = tensor.insert_slice %c into %1[0, 16] [4, 8] [1, 1]
    ```

    Every tensor is then inserted once, and `eliminate-empty-tensors` lets it be
    computed in place.
  }];
  let statistics = [
    Statistic<"numShared", "shared", "Number of concatenations shared">
  ];
  let dependentDialects = ["::mlir::tensor::TensorDialect"];
}

def SeparateBuffers : Pass<"spiq-separate-buffers", "::mlir::func::FuncOp"> {
  let summary = "Gives every result a destination of its own";
  let description = [{
    Clones each `tensor.empty` for each of its uses. Two results that
    bufferization puts into one buffer, because their destinations were merged,
    would count as one long lifetime when memory is planned. A slice in which
    something is computed stays with the `tensor.insert_slice` of the result.
  }];
  let dependentDialects = ["::mlir::tensor::TensorDialect"];
}

def Bufferize : Pass<"spiq-bufferize", "::mlir::ModuleOp"> {
  let summary = "Turns tensors into memrefs, results into output parameters";
  let description = [{
    Runs upstream One-Shot Bufferize with settings that the rest of the back end
    relies on: function arguments and results are dense row-major buffers,
    arguments are never written, constants become aligned globals, copies
    become `linalg.copy` (so that no run-time library is needed), and every
    result becomes a parameter that the function writes.
  }];
  let dependentDialects = [
    "::mlir::bufferization::BufferizationDialect",
    "::mlir::linalg::LinalgDialect", "::mlir::memref::MemRefDialect"
  ];
}

def PlanMemory : Pass<"spiq-plan-memory", "::mlir::func::FuncOp"> {
  let summary = "Places all buffers into one workspace";
  let description = [{
    Gives every statically shaped `memref.alloc` of a function an offset in one
    workspace and adds the workspace as the last parameter, marked
    `spiq.workspace`. Buffers that are never alive at the same time share
    memory: a buffer lives from the first to the last operation of the
    function's body that accesses it, directly or through views. Buffers are
    placed in order of decreasing size, each into the smallest gap that holds it
    (best fit).

    Functions without allocations get the parameter as well, so that every entry
    function looks alike. Allocations that cannot be planned are errors.
  }];
  let options = [
    Option<"alignment", "alignment", "unsigned", "64",
           "Alignment of buffers in bytes, a power of two">
  ];
  let statistics = [
    Statistic<"numBuffers", "buffers", "Number of buffers placed">,
    Statistic<"bufferBytes", "buffer-bytes", "Sum of the sizes of all buffers">,
    Statistic<"workspaceBytes", "workspace-bytes", "Size of the workspace">
  ];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::memref::MemRefDialect"
  ];
}

def RecordTimes : Pass<"spiq-record-times", "::mlir::ModuleOp"> {
  let summary = "Makes a model record the time of each step";
  let description = [{
    A step is a run of operations of the entry function's body that touch memory
    (kernels, loop nests, copies) and stem from the same nodes. Before the first
    step and after each of them, a counter is read and stored to a table of
    `steps + 1` numbers of 64 bits. The table lies behind the buffers in the
    workspace that the caller provides, so runs stay re-entrant.

    The module's attribute `spiq.profile` describes the table and the steps for
    `spiq-emit-c-interface`: the nodes that a step stems from, what they compute
    (from the tags that `spiq-tag-layers` leaves), what it became, the shape of
    its largest result, and the bytes of the buffers that it reads and writes,
    each counted once. Products are those of the step that computes a layer.
    One that fills the border of its input is a `pad`.
  }];
  let options = [
    Option<"counter", "counter", "std::string", "\"cycles\"",
           "The counter: cycles, or cntvct_el0 for AArch64, where programs may "
           "not read cycles">,
    Option<"isa", "isa", "std::string", "\"generic\"",
           "Instruction set of the kernels, for the description">
  ];
  let statistics = [Statistic<"numSteps", "steps", "Number of steps">];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::memref::MemRefDialect",
    "::mlir::LLVM::LLVMDialect"
  ];
}

def OutlineNests : Pass<"spiq-outline-nests", "::mlir::ModuleOp"> {
  let summary = "Moves loop nests into functions of their own";
  let description = [{
    Every loop nest of a public function becomes a private function that takes
    its buffers, weights included, as parameters; numbers known at compile time
    are copied into it. Upstream's `duplicate-function-elimination` then leaves
    one function for all layers of equal shape. Small functions also keep LLVM's
    compile time linear in the size of the network.

    The function of a loop marked `spiq.parallel` takes two more parameters, the
    range of iterations to run, and its call carries `spiq.work_units` and an
    estimate of the work, `spiq.cycles`, for `spiq-parallelize`.
  }];
  let statistics = [
    Statistic<"numNests", "nests", "Number of nests outlined">
  ];
  let dependentDialects = ["::mlir::func::FuncDialect"];
}

def ExpandMath : Pass<"spiq-expand-math", "::mlir::func::FuncOp"> {
  let summary = "Computes elementary functions without a library";
  let description = [{
    Replaces `exp`, `expm1`, `log`, `log1p`, `tanh` and `erf` of f32 values by
    upstream's polynomials, evaluated with separately rounded multiplications
    and additions. Results are then the same on every target, and libraries need
    no libm. Functions that are not in this list are left to LLVM; those without
    an instruction, such as `pow`, become calls of libm.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::math::MathDialect",
    "::mlir::vector::VectorDialect"
  ];
}

def LabelLayers : Pass<"spiq-label-layers", "::mlir::ModuleOp"> {
  let summary = "Lets functions say which layers they compute";
  let description = [{
    Works on LLVM dialect. Gives every function that the entry function calls the
    LLVM attribute `spiq-layers`: the names of the nodes at the locations of its
    calls, one line for each layer. Assembly shows them as comments.
  }];
}

def Parallelize : Pass<"spiq-parallelize", "::mlir::ModuleOp"> {
  let summary = "Adds an entry function that shares its work between threads";
  let description = [{
    Works on LLVM dialect. Copies the entry function; in the copy, every call
    with `spiq.work_units` becomes a loop over pieces that the caller's
    `spiq_parallel_for` runs. The copy takes it as its last parameter and is
    marked `spiq.parallel_entry`. The entry function itself does not change.

    A layer is cut into as many pieces as there are threads, but into no more
    than leave `min-cycles` cycles of work to each, by the estimate
    `spiq.cycles`; a layer of one piece is called directly. Pieces are ranges of
    work units, so results do not depend on their number.
  }];
  let options = [
    Option<"maxThreads", "max-threads", "unsigned", "256",
           "Largest number of pieces">,
    Option<"minCycles", "min-cycles", "int64_t", "6000",
           "Least work of a piece, in cycles">
  ];
  let statistics = [
    Statistic<"numParallel", "parallel", "Number of calls cut into pieces">
  ];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def EmitCInterface : Pass<"spiq-emit-c-interface", "::mlir::ModuleOp"> {
  let summary = "Adds the C functions and the descriptor of a compiled model";
  let description = [{
    Works on LLVM dialect. Makes the entry function internal and adds the public
    functions of the generated header: `NAME_run`, which checks its pointers and
    calls the entry function, `NAME_run_parallel` likewise for the function
    marked `spiq.parallel_entry` if there is one, `NAME_workspace_size`, `NAME_info`, and
    `spiq_model`, the name under which tools find the descriptor in any library.
    The descriptor is built from `spiq.signature`, which moves to the module.
  }];
  let options = [
    Option<"name", "name", "std::string", "\"model\"",
           "Name of the model, a C identifier">,
    Option<"target", "target", "std::string", "",
           "Text that describes the target in the descriptor">,
    Option<"exportModel", "export-model", "bool", "true",
           "Also define spiq_model()">
  ];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

#endif // SPIQ_CODEGEN_PASSES_TD
