"""Imports the ONNX models that a test file holds as text.

A test file is ONNX's textual syntax; lines that start with // are comments and
hold lit's and FileCheck's lines. Models are separated by lines of five dashes
after a comment mark. A model may begin with the line `opset N` (default 13);
its graph follows.

    onnx_text.py FILE [--fails] [--write DIR] [-- arguments of spiq-translate]
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import onnx
from onnx import parser


def read_models(path):
    """The models of a test file."""
    for section in path.read_text().split("// -----"):
        lines = [line for line in section.splitlines()
                 if not line.lstrip().startswith("//")]
        text = "\n".join(lines).strip()
        if not text:
            continue
        opset = 13
        if text.startswith("opset"):
            first, text = text.split("\n", 1)
            opset = int(first.split()[1])
        header = f'<ir_version: 8, opset_import: ["" : {opset}]>\n'
        yield parser.parse_model(header + text)


def run(model, arguments):
    """Imports a model; the text and the exit status."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        onnx.save(model, str(path))
        done = subprocess.run(
            ["spiq-translate", "--import-onnx", "model.onnx", *arguments],
            cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True)
    return done.stdout, done.returncode


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("file", type=Path)
    arguments.add_argument("--fails", action="store_true",
                           help="every model must be refused")
    arguments.add_argument("--write", type=Path,
                           help="write the models into this folder instead")
    own, rest = sys.argv[1:], []
    if "--" in own:
        split = own.index("--")
        own, rest = own[:split], own[split + 1:]
    options = arguments.parse_args(own)
    wanted = 1 if options.fails else 0
    for index, model in enumerate(read_models(options.file)):
        if options.write:
            options.write.mkdir(parents=True, exist_ok=True)
            name = f"{options.file.stem}-{index}.onnx"
            onnx.save(model, str(options.write / name))
            continue
        text, status = run(model, rest)
        print(text)
        if status != wanted:
            sys.exit(f"model {index}: exit status {status}, expected {wanted}")


if __name__ == "__main__":
    main()
