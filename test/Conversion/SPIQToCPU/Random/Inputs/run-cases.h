//===- run-cases.h - The table of test cases --------------------*- C -*-===//
//
// What spiq-random-kernel-test writes and run-cases.c runs.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_TEST_CONVERSION_SPIQTOCPU_RANDOM_INPUTS_RUN_CASES_H
#define SPIQ_TEST_CONVERSION_SPIQTOCPU_RANDOM_INPUTS_RUN_CASES_H

#include <stddef.h>
#include <stdint.h>

struct test_case {
  const char *name;
  int32_t (*run)(const void *const *, void *const *, void *);
  uint64_t (*workspace_size)(void);
  int num_inputs;
  const unsigned char *inputs[2];
  size_t sizes[2];
  const unsigned char *expected;
  size_t output_size;
};

extern const struct test_case cases[];
extern const int num_cases;

#endif // SPIQ_TEST_CONVERSION_SPIQTOCPU_RANDOM_INPUTS_RUN_CASES_H
