/* Classifies one image with a compiled model, without any library but libc.
 *
 *   spiq-compile examples/fashion_mnist/mobilenetv2_small.onnx \
 *       --emit=static -o out/
 *   cc -Iout docs/c_example/classify.c out/libmobilenetv2_small.a -lm \
 *       -o classify
 *   ./classify image.bin          # 28x28 bytes, row by row
 */
#include "mobilenetv2_small.h"

#include <stdint.h>
#include <stdio.h>

/* The caller owns all memory. A workspace belongs to one run at a time. */
static _Alignas(64) uint8_t workspace[MOBILENETV2_SMALL_WORKSPACE_SIZE];

int main(int argc, char **argv) {
  uint8_t pixels[28 * 28];
  float image[28 * 28], logits[10];
  const void *inputs[] = {image};
  void *outputs[] = {logits};
  FILE *file;
  int i, best = 0;

  if (argc != 2 || !(file = fopen(argv[1], "rb"))) {
    fprintf(stderr, "usage: classify IMAGE\n");
    return 2;
  }
  if (fread(pixels, 1, sizeof pixels, file) != sizeof pixels) {
    fprintf(stderr, "%s: expected %zu bytes\n", argv[1], sizeof pixels);
    return 1;
  }
  fclose(file);
  for (i = 0; i < 28 * 28; ++i)
    image[i] = (pixels[i] - 73.0f) / 90.0f; /* as in manifest.json */

  if (mobilenetv2_small_run(inputs, outputs, workspace) != SPIQ_OK)
    return 1;
  for (i = 0; i < 10; ++i) {
    printf("%.9g\n", logits[i]);
    if (logits[i] > logits[best])
      best = i;
  }
  printf("class %d\n", best);
  return 0;
}
