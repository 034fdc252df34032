/* Times compiled layers in turn: time_layers ROUNDS LIBRARY...
 *
 * Prints the peak of the machine's dot products in GMAC/s (0 if unknown), then
 * for every library the nanoseconds of the fastest and of the median round. A
 * round repeats a layer for about a millisecond. */
#define _GNU_SOURCE
#include "spiq/Runtime/ModelABI.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return 1e9 * (double)t.tv_sec + (double)t.tv_nsec;
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

#if defined(__x86_64__)
/* Independent accumulators, enough to hide the latency of the instruction. */
#define DOTS(reg)                                                              \
  "vpdpbusd %%" reg "0, %%" reg "0, %%" reg "1\n"                              \
  "vpdpbusd %%" reg "0, %%" reg "0, %%" reg "2\n"                              \
  "vpdpbusd %%" reg "0, %%" reg "0, %%" reg "3\n"                              \
  "vpdpbusd %%" reg "0, %%" reg "0, %%" reg "4\n"                              \
  "vpdpbusd %%" reg "0, %%" reg "0, %%" reg "5\n"                              \
  "vpdpbusd %%" reg "0, %%" reg "0, %%" reg "6\n"                              \
  "vpdpbusd %%" reg "0, %%" reg "0, %%" reg "7\n"                              \
  "vpdpbusd %%" reg "0, %%" reg "0, %%" reg "8\n"                              \
  "vpdpbusd %%" reg "0, %%" reg "0, %%" reg "9\n"                              \
  "vpdpbusd %%" reg "0, %%" reg "0, %%" reg "10\n"                             \
  "vpdpbusd %%" reg "0, %%" reg "0, %%" reg "11\n"                             \
  "vpdpbusd %%" reg "0, %%" reg "0, %%" reg "12\n"

static double measure_peak(void) {
  if (!__builtin_cpu_supports("avx512vnni"))
    return 0;
  enum { ITERATIONS = 20000, DOTS_PER_ITERATION = 12 };
  double best = 1e30;
  for (int round = 0; round < 30; ++round) {
    double start = now();
    for (int i = 0; i < ITERATIONS; ++i)
      __asm__ volatile(DOTS("zmm")::
                           : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5",
                             "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11",
                             "xmm12");
    double elapsed = now() - start;
    best = elapsed < best ? elapsed : best;
  }
  return 64.0 * DOTS_PER_ITERATION * ITERATIONS / best;
}
#else
static double measure_peak(void) { return 0; }
#endif

/* One layer with its buffers. */
struct layer {
  const spiq_model_info *model;
  const void *inputs[4];
  void *outputs[4];
  void *workspace;
  int repetitions;
  double *times;
};

static void *allocate(uint64_t bytes) {
  unsigned char *p = aligned_alloc(64, (bytes + 127) / 64 * 64);
  if (!p)
    exit(1);
  memset(p, 0, bytes);
  return p;
}

static void *allocate_input(const spiq_tensor_info *info) {
  unsigned char *p = allocate(info->bytes);
  for (uint64_t i = 0; info->type != SPIQ_F32 && i < info->bytes; ++i)
    p[i] = (unsigned char)(rand() >> 8);
  for (uint64_t i = 0; info->type == SPIQ_F32 && i < info->bytes / 4; ++i)
    ((float *)p)[i] = (float)(rand() % 1000) / 1000.0f;
  return p;
}

static int load(struct layer *layer, const char *path, int rounds) {
  void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  const spiq_model_info *(*get)(void) =
      handle ? (const spiq_model_info *(*)(void))dlsym(handle, "spiq_model")
             : NULL;
  if (!get) {
    fprintf(stderr, "%s\n", dlerror());
    return 0;
  }
  layer->model = get();
  for (int i = 0; i < layer->model->num_inputs; ++i)
    layer->inputs[i] = allocate_input(&layer->model->inputs[i]);
  for (int i = 0; i < layer->model->num_outputs; ++i)
    layer->outputs[i] = allocate(layer->model->outputs[i].bytes);
  layer->workspace = allocate(layer->model->workspace_bytes);
  layer->times = malloc(sizeof(double) * (size_t)rounds);
  return 1;
}

static double run(const struct layer *layer, int repetitions) {
  double start = now();
  for (int i = 0; i < repetitions; ++i)
    layer->model->run(layer->inputs, layer->outputs, layer->workspace);
  return (now() - start) / repetitions;
}

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: time_layers ROUNDS LIBRARY...\n");
    return 2;
  }
  int rounds = atoi(argv[1]), count = argc - 2;
  struct layer *layers = calloc((size_t)count, sizeof *layers);
  for (int i = 0; i < count; ++i) {
    if (!load(&layers[i], argv[i + 2], rounds))
      return 1;
    run(&layers[i], 2);
    layers[i].repetitions = 1 + (int)(1e6 / run(&layers[i], 2));
  }
  printf("%.1f\n", measure_peak());
  for (int round = 0; round < rounds; ++round)
    for (int i = 0; i < count; ++i)
      layers[i].times[round] = run(&layers[i], layers[i].repetitions);
  for (int i = 0; i < count; ++i) {
    qsort(layers[i].times, (size_t)rounds, sizeof(double), compare);
    printf("%.0f %.0f\n", layers[i].times[0], layers[i].times[rounds / 2]);
  }
  return 0;
}
