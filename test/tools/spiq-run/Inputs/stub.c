/* A library that looks like a model and returns STATUS from its run function.
 */

#include "spiq/Runtime/ModelABI.h"

#ifndef ABI
#define ABI SPIQ_MODEL_ABI
#endif
#ifndef STATUS
#define STATUS SPIQ_OK
#endif
#ifndef WORKSPACE
#define WORKSPACE 64
#endif
#ifndef OUTPUTS
#define OUTPUTS 1
#endif

static const int64_t shape[] = {1, 3};
static const spiq_tensor_info tensor = {"x", SPIQ_F32, 2, shape, 12,
                                        -1,  0,        0, 0};
static const spiq_tensor_info tensors[2] = {
    {"y", SPIQ_F32, 2, shape, 12, -1, 0, 0, 0},
    {"z", SPIQ_F32, 2, shape, 12, -1, 0, 0, 0}};

static int32_t run(const void *const *inputs, void *const *outputs,
                   void *workspace) {
  (void)inputs, (void)outputs, (void)workspace;
  return STATUS;
}

static const spiq_model_info info = {ABI,     1,       OUTPUTS,   "stub", "any",
                                     &tensor, tensors, WORKSPACE, 64,     run,
                                     0,       0,       0,         0};

const spiq_model_info *spiq_model(void) { return &info; }
