"""Compares the operators of the importer's table with those in the docs."""

import re
import sys
from pathlib import Path

source = Path(sys.argv[1])
table = (source / "lib/Target/ONNX/OpTable.cpp").read_text()
page = (source / "docs/ONNX.md").read_text().split("## What a model may use")[1]
imported = set(re.findall(r'^    \{"(\w+)"', table, re.MULTILINE))
documented = set(re.findall(r"`([A-Z]\w+)`", page))
print(f"{len(imported)} operators imported")
print("missing in the docs:", *sorted(imported - documented))
print("only in the docs:", *sorted(documented - imported))
