"""Runs the commands of README.md's chapter "Use" on the bundled network.

    run_readme.py SOURCE BUILD FOLDER

FOLDER becomes the working folder and is emptied first.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

source, build, folder = map(Path, sys.argv[1:])
shutil.rmtree(folder, ignore_errors=True)
folder.mkdir(parents=True)
example = source / "examples" / "fashion_mnist"
shutil.copy(example / "mobilenetv2_small.onnx", folder / "model.onnx")
shutil.copy(example / "manifest.json", folder)
(folder / "folder").mkdir()
shutil.copy(example / "test_images.npz", folder / "folder")
(folder / "build").symlink_to(build)
(folder / "model.mlir").write_text(
    "func.func @f(%x: tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32> {\n"
    "  %0 = spiq.clamp %x {clamp_min = 0.0 : f32} :"
    " (tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32>\n"
    "  return %0 : tensor<1x4x4x2xf32>\n}\n"
)

text = (source / "README.md").read_text(encoding="utf-8")
chapter = re.search(r"^## Use\n(.*?)^## ", text, re.MULTILINE | re.DOTALL)[1]
blocks = re.findall(r"((?:^ {4}\S.*\n(?: {6}.*\n)*)+)", chapter, re.MULTILINE)
blocks += [f"{sys.executable} - <<'END'\nimport numpy\n"
           "x = numpy.zeros((1, 1, 28, 28), numpy.float32)\n"
           f"{program}\nassert y.shape == (1, 10)\nEND\n"
           for program in re.findall(r"```python\n(.*?)```", chapter, re.DOTALL)]
if len(blocks) < 4:
    sys.exit(f"README.md: only {len(blocks)} blocks of commands found")
environment = {
    **os.environ,
    "PATH": f"{build / 'bin'}:/usr/lib/llvm-22/bin:{os.environ['PATH']}",
    "PYTHONPATH": str(source / "python"),
}
for block in blocks:
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", block], cwd=folder,
                          env=environment, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        sys.exit(f"README.md: command failed:\n{block}{done.stdout}")
print(f"{len(blocks)} blocks ran")
