/*===- ModelABI.h - The C interface of compiled models ------------*- C -*-===*\
|*
|* Types of the descriptor that every compiled model carries. The compiler
|* copies everything between the marks into the header of each model.
|*
\*===----------------------------------------------------------------------===*/

#ifndef SPIQ_RUNTIME_MODELABI_H
#define SPIQ_RUNTIME_MODELABI_H

/* begin */
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef SPIQ_MODEL_ABI
#define SPIQ_MODEL_ABI 4

/* Element types of tensors. */
typedef enum {
  SPIQ_F32 = 0,
  SPIQ_I8 = 1,
  SPIQ_U8 = 2,
  SPIQ_I32 = 3,
  SPIQ_I64 = 4
} spiq_type;

/* One input or output. Tensors are dense and row-major. A stored value q of a
   quantized tensor means scale * (q - zero point). */
typedef struct {
  const char *name; /* as in the model file */
  int32_t type;     /* spiq_type */
  int32_t rank;
  const int64_t *shape;
  uint64_t bytes;
  int32_t quantized_axis; /* -1: one scale for the whole tensor */
  int32_t num_scales;     /* 0: not quantized */
  const float *scales;
  const int32_t *zero_points;
} spiq_tensor_info;

/* How an application lends its threads to a model. `run` calls
   body(argument, piece) once for each piece from 0 to count - 1, in any order
   and from any threads, and returns when all calls have returned. The calls of
   one `run` are independent; `count` is at most `threads`. A model's results
   do not depend on `threads`. */
typedef struct {
  void (*run)(void *context, uint64_t count,
              void (*body)(void *argument, uint64_t piece), void *argument);
  void *context;    /* first argument of `run` */
  uint64_t threads; /* calls that can run at the same time; at least 1 */
} spiq_parallel_for;

/* One step of a run: a layer, several fused ones, or a movement of memory. */
typedef struct {
  const char *nodes;    /* of the model file, joined by '+' */
  const char *op;       /* what they compute, such as conv_2d */
  const char *form;     /* what it became: a kernel, loops, copy, fill */
  const int64_t *shape; /* of the largest result */
  int32_t rank;
  int32_t operands; /* SPIQ_I8 or SPIQ_F32: what is multiplied */
  uint64_t macs;    /* products that are accumulated */
  uint64_t bytes;   /* of all buffers that the step reads and writes */
} spiq_step_info;

/* Where the runs of a model compiled with --profile leave their times:
   `num_steps` + 1 counters of 64 bits at `offset` in the workspace. Step i
   lasts from counter i to counter i + 1. */
typedef struct {
  const char *isa; /* instruction set of the kernels, such as avx2 */
  uint64_t offset, num_steps;
  const spiq_step_info *steps;
} spiq_profile_info;

/* A compiled model. */
typedef struct spiq_model_info {
  uint32_t abi_version; /* SPIQ_MODEL_ABI */
  int32_t num_inputs, num_outputs;
  const char *name;
  const char *target;
  const spiq_tensor_info *inputs, *outputs;
  uint64_t workspace_bytes, workspace_alignment;
  int32_t (*run)(const void *const *inputs, void *const *outputs,
                 void *workspace);
  /* Null if the model was compiled with --threads=1. */
  int32_t (*run_parallel)(const void *const *inputs, void *const *outputs,
                          void *workspace,
                          const spiq_parallel_for *parallel_for);
  /* Null if the model was compiled without --profile. */
  const spiq_profile_info *profile;
  /* The same model for other processors, this descriptor included, the fastest
     last, if it was compiled for several; otherwise none. */
  uint64_t num_variants;
  const struct spiq_model_info *const *variants;
} spiq_model_info;

/* Results of the run function. */
enum {
  SPIQ_OK = 0,
  SPIQ_ERROR_NULL = 1,      /* a pointer is null */
  SPIQ_ERROR_ALIGNMENT = 2, /* workspace or tensor is not aligned */
  SPIQ_ERROR_CPU = 3        /* the processor lacks instructions of the target */
};
#endif
/* end */

#ifdef __cplusplus
}
#endif

#endif /* SPIQ_RUNTIME_MODELABI_H */
