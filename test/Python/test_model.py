# RUN: %python %s
"""Loading and calling a library through its C interface."""

import tempfile
import threading
import unittest
from pathlib import Path

import numpy as np

import support

import spiq

# Inputs: a f32[2x3], b i8[2] quantized per element. Outputs: a through the
# workspace, and b unchanged. Fails with 2 if the workspace is not aligned and
# with 7 on a negative a[0], to see other results passed on.
TWO_BY_TWO = """
static const int64_t S23[] = {2, 3}, S2[] = {2};
static const float SCALES[] = {0.5f, 2.0f};
static const int32_t ZEROS[] = {-1, 3};
static const spiq_tensor_info IN[] = {
  {"a", 0, 2, S23, 24, -1, 0, 0, 0}, {"b", 1, 1, S2, 2, 0, 2, SCALES, ZEROS}};
static const spiq_tensor_info OUT[] = {
  {"same a", 0, 2, S23, 24, -1, 0, 0, 0},
  {"same b", 1, 1, S2, 2, 0, 2, SCALES, ZEROS}};
static int32_t run(const void *const *in, void *const *out, void *ws) {
  if ((uintptr_t)ws % 64) return 2;
  if (*(const float *)in[0] < 0) return 7;
  for (int i = 0; i < 1000; ++i) memcpy((char *)ws + 24 * i, in[0], 24);
  memcpy(out[0], (char *)ws + 24 * 999, 24);
  memcpy(out[1], in[1], 2);
  return 0;
}
static void copy(void *arg, uint64_t piece) {
  const void *const *p = arg;
  memcpy((char *)p[1] + 4 * piece, (const char *)p[0] + 4 * piece, 4);
}
static int32_t run_parallel(const void *const *in, void *const *out, void *ws,
                            const spiq_parallel_for *loop) {
  const void *arg[] = {in[0], out[0]};
  if (run(in, out, ws)) return 2;
  memset(out[0], 0, 24);
  loop->run(loop->context, 6, copy, arg);
  return loop->threads == 3 ? 0 : 8;
}
static const spiq_model_info INFO =
    {4, 2, 2, "two", "test", IN, OUT, 24000, 64, run, run_parallel, 0, 0, 0};
const spiq_model_info *spiq_model(void) { return &INFO; }
"""


class ModelTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.path = Path(cls.folder.name)
        cls.two = spiq.load(
            support.compile_library(cls.path / "two.so", TWO_BY_TWO)
        )
        cls.a = np.arange(6, dtype=np.float32).reshape(2, 3)
        cls.b = np.array([5, -7], np.int8)

    def check_error(self, words: str, call, *args, **kwargs):
        with self.assertRaisesRegex(spiq.SpiqError, words):
            call(*args, **kwargs)

    def test_descriptor(self):
        self.assertEqual(self.two.name, "two")
        self.assertEqual(self.two.target, "test")
        self.assertEqual(self.two.workspace_bytes, 24000)
        a, b = self.two.inputs
        self.assertEqual((a.name, a.shape, a.dtype), ("a", (2, 3), np.float32))
        self.assertFalse(a.quantized)
        self.assertEqual(b.quantized_axis, 0)
        np.testing.assert_array_equal(b.scales, [0.5, 2.0])
        np.testing.assert_array_equal(b.zero_points, [-1, 3])

    def test_all_ways_to_pass_inputs(self):
        for result in (
            self.two(self.a, self.b),
            self.two({"a": self.a, "b": self.b}),
            self.two(b=self.b, a=self.a),
        ):
            self.assertEqual(list(result), ["same a", "same b"])
            np.testing.assert_array_equal(result["same a"], self.a)
            np.testing.assert_array_equal(result["same b"], self.b)

    def test_one_output_is_returned_bare(self):
        weights = [[1, 2, 3, 4], [0, 0, 0, 1]]
        model = spiq.load(support.linear_classifier(self.path / "one.so", weights))
        y = model(np.array([1, 10, 100, 1000], np.float32).reshape(1, 1, 2, 2))
        np.testing.assert_array_equal(y, [[4321, 1000]])

    def test_strided_input_is_copied(self):
        wide = np.arange(12, dtype=np.float32).reshape(2, 6)
        result = self.two(wide[:, ::2], self.b)
        np.testing.assert_array_equal(result["same a"], wide[:, ::2])

    def test_threads_do_not_share_a_workspace(self):
        wrong = []

        def work(value):
            a = np.full((2, 3), value, np.float32)
            for _ in range(200):
                if (self.two(a, self.b)["same a"] != value).any():
                    wrong.append(value)

        threads = [threading.Thread(target=work, args=(v,)) for v in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])

    def test_quantize_and_dequantize(self):
        b = self.two.inputs[1]
        # 0.25 / 0.5 and 3 / 2 are ties: to even, then the zero point is added.
        np.testing.assert_array_equal(b.quantize(np.array([0.25, 3.0])), [-1, 5])
        np.testing.assert_array_equal(b.quantize(np.array([1e9, -1e9])), [127, -128])
        np.testing.assert_array_equal(b.dequantize(np.int8([3, -1])), [2.0, -8.0])
        self.check_error("shape", b.quantize, np.zeros(3))

    def test_wrong_inputs(self):
        two, a, b = self.two, self.a, self.b
        self.check_error("takes 2 inputs, got 1", two, a)
        self.check_error(r"'a' float32\[2x3\] got shape 3x2", two, a.T, b)
        self.check_error("element type float64; convert", two, a.astype(float), b)
        self.check_error(r"quantize\(\)", two, a, b.astype(np.float32))
        self.check_error("needs a numpy array, got list", two, [1.0], b)
        self.check_error("has no input 'c'; its inputs are 'a', 'b'", two, a=a, c=b)
        self.check_error("is missing input 'b'", two, {"a": a})
        self.check_error("not both", two, a, b=b)

    @support.needs_threads
    def test_several_threads_for_one_call(self):
        two = spiq.load(self.path / "two.so", threads=3)
        for _ in range(20):
            result = two(self.a, self.b)
            np.testing.assert_array_equal(result["same a"], self.a)
            np.testing.assert_array_equal(result["same b"], self.b)
        one = support.linear_classifier(self.path / "single.so", [[1, 2, 3, 4]])
        self.check_error("compiled with --threads=1", spiq.load, one, threads=2)
        self.check_error(
            "cannot start 0 threads", spiq.load, self.path / "two.so", threads=0
        )

    def test_run_errors(self):
        self.check_error("did not run: error 7", self.two, -1 - self.a, self.b)

    def test_not_a_model(self):
        self.check_error("no such file", spiq.load, self.path / "absent.so")
        text = self.path / "text.so"
        text.write_text("no library")
        self.check_error("cannot be loaded", spiq.load, text)
        plain = support.compile_library(self.path / "plain.so", "int f(void);")
        self.check_error("exports no spiq_model", spiq.load, plain)

    def test_inconsistent_descriptors(self):
        changes = {
            "interface version 9": ("{4, 2, 2,", "{9, 2, 2,"),
            "unknown element type 8": ('{"a", 0,', '{"a", 8,'),
            "claims 25 bytes": ("S23, 24,", "S23, 25,"),
            "1 scales, but 2": ("S2, 2, 0, 2,", "S2, 2, 0, 1,"),
        }
        for index, (words, (old, new)) in enumerate(changes.items()):
            with self.subTest(words):
                source = TWO_BY_TWO.replace(old, new)
                self.assertNotEqual(source, TWO_BY_TWO)
                path = support.compile_library(self.path / f"bad{index}.so", source)
                self.check_error(words, spiq.load, path)


if __name__ == "__main__":
    unittest.main()
