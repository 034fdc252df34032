#!/usr/bin/python3
"""Counts the results lit wrote as JSON; exits with 1 unless all is well."""

import json
import sys
from collections import Counter
from pathlib import Path

PASSED = ("PASS", "FLAKYPASS", "XFAIL")
SKIPPED = ("UNSUPPORTED", "SKIPPED", "EXCLUDED")


def main() -> int:
    path = Path(sys.argv[1])
    if not path.exists():
        print(f"{path}: no results, the test runner did not finish", file=sys.stderr)
        print("0 passed, 1 failed, 0 skipped")
        return 1
    codes = Counter(test["code"] for test in json.loads(path.read_text())["tests"])
    passed = sum(codes[code] for code in PASSED)
    skipped = sum(codes[code] for code in SKIPPED)
    failed = sum(codes.values()) - passed - skipped
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
