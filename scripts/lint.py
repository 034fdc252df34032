#!/usr/bin/env python3
"""Checks the sources' form; prints one line for each offence.

    scripts/lint.py [--fix]

    --fix    let clang-format rewrite the files first

C++ files: formatted by clang-format-22, opened by a header that names the file,
no `using namespace std`, include guards of headers derived from their path.
All source files: at most 600 lines, no tabs, no trailing blanks, no notes to
oneself. clang-tidy, which takes minutes, is scripts/tidy.sh.
"""

import argparse
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = ("cmake", "docs", "examples", "benchmarks", "include", "lib",
           "python", "scripts", "test", "tools")
CPP = (".cpp", ".h", ".c")
SOURCES = CPP + (".td", ".py", ".cmake", ".sh")
MAX_LINES = 600
# Composed, so that this file may be checked as well.
NOTE = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")


def source_files():
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in SOURCES and path.is_file():
                yield path


def expected_guard(path):
    relative = path.relative_to(ROOT)
    parts = relative.parts[1:] if relative.parts[0] == "include" else (
        "spiq",) + relative.parts
    return re.sub(r"[^A-Z0-9]", "_", "_".join(parts).upper())


def check_text(path, text):
    lines = text.split("\n")
    if len(lines) - 1 > MAX_LINES:
        yield f"{len(lines) - 1} lines, at most {MAX_LINES} allowed"
    if not text.endswith("\n") or text.endswith("\n\n"):
        yield "does not end with one newline"
    for number, line in enumerate(lines, 1):
        if "\t" in line:
            yield f"line {number}: tab"
        if line != line.rstrip():
            yield f"line {number}: trailing blank"
        if NOTE.search(line):
            yield f"line {number}: note to oneself"
        if path.suffix in CPP and "using namespace std" in line:
            yield f"line {number}: using namespace std"
    if path.suffix in (".cpp", ".h", ".td"):
        if not re.match(rf"(//|/\*)===- {re.escape(path.name)} - ", lines[0]):
            yield f"line 1: expected '//===- {path.name} - ...'"
        if any(len(line) > 80 for line in lines[:1]):
            yield "line 1: longer than 80 columns"
    if path.suffix in (".h", ".td") and f"#ifndef {expected_guard(path)}\n" \
            not in text:
        yield f"expected the include guard {expected_guard(path)}"


def format_files(paths, fix):
    tool = shutil.which("clang-format-22") or shutil.which("clang-format")
    if not tool:
        sys.exit("lint.py: error: clang-format-22 not found")
    command = [tool, "-i"] if fix else [tool, "--dry-run", "-Werror"]
    result = subprocess.run(command + [str(path) for path in paths],
                            stderr=subprocess.PIPE, text=True, check=False)
    return sorted(set(re.findall(r"^(\S+?):\d+:\d+: error", result.stderr,
                                 re.MULTILINE)))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--fix", action="store_true",
                        help="let clang-format rewrite the files first")
    arguments = parser.parse_args()
    offences = 0
    paths = list(source_files())
    cpp = [path for path in paths if path.suffix in CPP]
    for name in format_files(cpp, arguments.fix):
        print(f"{name}: not formatted; run scripts/lint.py --fix")
        offences += 1
    for path in paths:
        for offence in check_text(path, path.read_text(encoding="utf-8")):
            print(f"{path.relative_to(ROOT)}: {offence}")
            offences += 1
    if not paths:
        sys.exit("lint.py: error: no source files found")
    print(f"{len(paths)} files, {offences} offences")
    return 1 if offences else 0


if __name__ == "__main__":
    sys.exit(main())
