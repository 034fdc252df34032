/* Runs test cases on buffers that end, then begin, at pages without access, and
 * with two contents of the workspace; compares with the expected bytes. */
#define _GNU_SOURCE
#include "run-cases.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MAX_BYTES = 1 << 24, ALIGNMENT = 64 };
static size_t page;
static const char *current = "";

/* Pages with access between two without. */
static unsigned char *map(void) {
  unsigned char *p = mmap(NULL, MAX_BYTES + 2 * page, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (p == MAP_FAILED || mprotect(p, page, PROT_NONE) ||
      mprotect(p + page + MAX_BYTES, page, PROT_NONE)) {
    perror("mmap");
    _exit(2);
  }
  return p + page;
}

/* `size` bytes in `area`, as close to its end or begin as they go. */
static unsigned char *place(unsigned char *area, size_t size, int at_end,
                            size_t alignment) {
  size = (size + alignment - 1) / alignment * alignment;
  return at_end ? area + MAX_BYTES - size : area;
}

static void report_fault(int number, siginfo_t *info, void *context) {
  (void)number, (void)context;
  fprintf(stderr, "%s: access outside of buffers at %p\n", current,
          info->si_addr);
  _exit(3);
}

int main(void) {
  struct sigaction action = {0};
  action.sa_sigaction = report_fault;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGSEGV, &action, NULL);
  page = (size_t)sysconf(_SC_PAGESIZE);
  unsigned char *areas[2] = {map(), map()};
  unsigned char *output_area = map(), *workspace_area = map();
  int failures = 0;
  for (int i = 0; i < num_cases; ++i) {
    const struct test_case *c = &cases[i];
    current = c->name;
    int failed = 0;
    for (int at_end = 0; at_end < 2 && !failed; ++at_end) {
      const void *inputs[2];
      /* Elements may be floats. */
      for (int k = 0; k < c->num_inputs; ++k) {
        size_t alignment = c->sizes[k] % 4 ? 1 : 4;
        unsigned char *p = place(areas[k], c->sizes[k], at_end, alignment);
        memcpy(p, c->inputs[k], c->sizes[k]);
        inputs[k] = p;
      }
      unsigned char *output = place(output_area, c->output_size, at_end,
                                    c->output_size % 4 ? 1 : 4);
      memset(output, 0x77, c->output_size);
      size_t bytes = c->workspace_size();
      unsigned char *workspace =
          place(workspace_area, bytes, at_end, ALIGNMENT);
      memset(workspace, at_end ? 0xA5 : 0x5A, bytes);
      void *outputs[1] = {output};
      int32_t status = c->run(inputs, outputs, workspace);
      if (status != 0) {
        fprintf(stderr, "%s: status %d\n", c->name, (int)status);
        failed = 1;
      }
      for (size_t byte = 0; byte < c->output_size && !failed; ++byte)
        if (output[byte] != c->expected[byte]) {
          fprintf(stderr, "%s: byte %zu is %d, expected %d\n", c->name, byte,
                  output[byte], c->expected[byte]);
          failed = 1;
        }
      for (int k = 0; k < c->num_inputs && !failed; ++k)
        if (memcmp(inputs[k], c->inputs[k], c->sizes[k])) {
          fprintf(stderr, "%s: wrote to input %d\n", c->name, k);
          failed = 1;
        }
    }
    failures += failed;
  }
  printf("%d of %d cases passed\n", num_cases - failures, num_cases);
  return failures != 0;
}
