/* The table of test cases, written by spiq-random-kernel-test. */
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
