"""Checks the profile of wide.mlir, whose layers multiply int8 or f32."""

import json
import sys

path, operands = sys.argv[1:]
with open(path, encoding="utf-8") as file:
    profile = json.load(file)
assert profile["model"] == "wide" and profile["runs"] == 20
assert profile["threads"] == 1
assert profile["peak_gmacs"]["f32"] > 0
steps = profile["steps"]
first, second = (step for step in steps if step["macs"])
assert first["nodes"] == "first" and first["op"] == "conv_2d", first
assert {"second", "sum"} <= set(second["nodes"].split("+")), second
assert first["macs"] == 28 * 28 * 32 * 9 * 32, first
assert first["shape"] == [1, 28, 28, 32] and first["operands"] == operands, first
assert first["bytes"] > 28 * 28 * 32, first
assert second["macs"] == 28 * 28 * 32 * 9
border = next(step for step in steps if step["form"] == "fill")
assert border["op"] == "pad" and border["operands"] == operands, border
for step in steps:
    assert step["milliseconds"] >= 0
    # Rates follow from counts and times, which are rounded to a nanosecond.
    if step["macs"] and step["milliseconds"] > 1e-3:
        rate = step["macs"] / step["milliseconds"] * 1e-6
        assert abs(rate - step["gmacs"]) < 0.01 * rate, step
