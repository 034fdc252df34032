"""What the Python tests share: paths, and small compiled models in plain C."""

import os
import subprocess
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "python"))

SHARED = os.environ.get("SPIQ_SHARED_DIR")


def needs_shared(test):
    """Skips a test, saying so, unless SPIQ_SHARED_DIR names a folder."""
    return unittest.skipUnless(
        SHARED, "set SPIQ_SHARED_DIR to the folder of real models and images"
    )(test)


def needs_threads(test):
    """Skips a test, saying so, if SPIQ is built with sanitizers."""
    return unittest.skipIf(
        "SPIQ_SANITIZERS" in os.environ,
        "a library built with sanitizers cannot be loaded into Python",
    )(test)


# Written out by hand rather than included, so that a change of the interface
# in either place is noticed.
HEADER = """
#include <stdint.h>
#include <string.h>
typedef struct {
  const char *name; int32_t type; int32_t rank; const int64_t *shape;
  uint64_t bytes; int32_t quantized_axis; int32_t num_scales;
  const float *scales; const int32_t *zero_points;
} spiq_tensor_info;
typedef struct {
  void (*run)(void *, uint64_t, void (*)(void *, uint64_t), void *);
  void *context;
  uint64_t threads;
} spiq_parallel_for;
typedef struct spiq_model_info {
  uint32_t abi_version; int32_t num_inputs, num_outputs;
  const char *name; const char *target;
  const spiq_tensor_info *inputs, *outputs;
  uint64_t workspace_bytes, workspace_alignment;
  int32_t (*run)(const void *const *, void *const *, void *);
  int32_t (*run_parallel)(const void *const *, void *const *, void *,
                          const spiq_parallel_for *);
  const void *profile; uint64_t num_variants; const void *variants;
} spiq_model_info;
"""


def compile_library(path: Path, source: str) -> Path:
    """Compiles C after HEADER to a shared library at `path`."""
    c_file = path.with_suffix(".c")
    c_file.write_text(HEADER + source)
    subprocess.run(
        ["cc", "-std=c99", "-O1", "-shared", "-fPIC", "-o", path, c_file],
        check=True,
    )
    return path


def linear_classifier(path: Path, weights: list[list[float]]) -> Path:
    """A library: image f32[1x1x2x2] -> logits f32[1xN] = weights * pixels."""
    rows = len(weights)
    values = ", ".join(f"{float(w)!r}f" for row in weights for w in row)
    return compile_library(
        path,
        f"""
static const float W[] = {{ {values} }};
static const int64_t IN[] = {{1, 1, 2, 2}}, OUT[] = {{1, {rows}}};
static const spiq_tensor_info I = {{"image", 0, 4, IN, 16, -1, 0, 0, 0}};
static const spiq_tensor_info O = {{"logits", 0, 2, OUT, {4 * rows}, -1, 0, 0, 0}};
static int32_t run(const void *const *in, void *const *out, void *ws) {{
  const float *x = in[0]; float *y = out[0]; (void)ws;
  for (int o = 0; o < {rows}; ++o) {{
    y[o] = 0;
    for (int i = 0; i < 4; ++i) y[o] += W[4 * o + i] * x[i];
  }}
  return 0;
}}
static const spiq_model_info INFO = {{4, 1, 1, "linear", "any", &I, &O, 0, 64, run, 0, 0, 0, 0}};
const spiq_model_info *spiq_model(void) {{ return &INFO; }}
""",
    )
