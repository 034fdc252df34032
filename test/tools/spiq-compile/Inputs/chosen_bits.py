"""Fails unless the weights of a library have the bits that a report says, and
those keep the budget: REPORT LIBRARY BUDGET."""

import json
import sys

report, library = (json.load(open(path)) for path in sys.argv[1:3])
compiled = {tuple(layer["names"]): layer for layer in library["layers"]}
total = 0
for layer in report["layers"]:
    bits = compiled[tuple(layer["names"])]["weight_bits"]
    assert bits == layer["bits"] in (4, 8), layer
    assert layer["alone_sqnr_db"] > report["weights_sqnr_db"] > 0, layer
    total += bits * layer["weights"]
average = total / sum(layer["weights"] for layer in report["layers"])
assert abs(average - report["average_bits"]) < 1e-9, average
assert 4 < average <= float(sys.argv[3]), average
