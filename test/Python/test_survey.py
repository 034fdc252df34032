# RUN: %python %s
"""What benchmarks/survey.py makes of a profile; compiles nothing."""

import sys
import unittest

import support

sys.path.insert(0, str(support.ROOT / "benchmarks"))

import survey  # noqa: E402


def step(milliseconds: float, percent: float, op: str, **other) -> dict:
    return {
        "milliseconds": milliseconds,
        "percent_of_peak": percent,
        "macs": 1_000_000 if percent else 0,
        "op": op,
        "form": op,
        "shape": [1, 8],
        "nodes": f"{op}1+relu",
        **other,
    }


class SurveyTest(unittest.TestCase):
    def test_lists_long_slow_steps(self):
        steps = [
            step(4.0, 90.0, "conv_2d"),
            step(0.9, 20.0, "fully_connected", form="conv_2d"),
            step(5.0, 0.0, "softmax", form="loops"),
            step(0.1, 5.0, "add"),
        ]
        lines = survey.describe("net", {"steps": steps}, below=35, share=1.5)
        self.assertEqual(
            lines,
            [
                "net: 10.000 ms, 0.3 GMAC/s",
                "  50.0% of the time, no products: softmax (loops) 1x8 softmax1",
                "   9.0% of the time, 20.0% of peak: fully_connected (conv_2d) 1x8 "
                "fully_connected1",
            ],
        )


if __name__ == "__main__":
    unittest.main()
