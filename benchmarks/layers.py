#!/usr/bin/python3
"""Times single layers: GMAC/s and percent of the machine's dot product peak.

    benchmarks/layers.py [--build DIR]... [--only REGEX] [--rounds N] [LAYER...]

A LAYER is WINDOW[sSTRIDE][dDILATION][gGROUPS]:HxWxC->O[xBATCH], such as
3s2:112x112x96->96, where the window is square, H and W are those of the output
and the padded input is given, as the producing layer would leave it. `dw` in
place of the groups makes a depthwise layer (5s2dw:28x28x144). `image` after the
output channels adds the quantization of an f32 image, channels first, and the
padding: what a first layer does. `+silu` at the end, or another kind, adds an
activation. Without layers, those of LAYERS below.

Several --build folders are timed in turn in one process; the table shows the
ratio of the first one's time to each other's. Timings are medians over rounds.
"""

import argparse
import random
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

LAYERS = """
    3dw:112x112x32 3s2dw:56x56x96 3dw:56x56x144 3s2dw:28x28x144 3dw:28x28x192
    3dw:14x14x384 3dw:14x14x576 3s2dw:7x7x576 3dw:7x7x960 3dw:56x56x24
    3dw:40x40x7 3dw:33x33x99 3s2dw:28x28x100 3d2dw:28x28x64 5dw:28x28x120
    5s2dw:28x28x72 5dw:14x14x672 7dw:14x14x96
    1:112x112x32->16 1:112x112x16->96 1:56x56x96->24 1:56x56x24->144
    1:28x28x144->32 1:28x28x32->192 1:14x14x64->384 1:14x14x384->96
    1:7x7x160->960 1:7x7x960->320 1:7x7x320->1280 1:56x56x64->256
    1s2:28x28x256->512 1:7x7x2048->512 1:7x7x512->2048 1:1x1x1280->1000
    1:28x28x99->33 1:28x28x40->10
    3:56x56x64->64 3:28x28x128->128 3:14x14x256->256 3:7x7x512->512
    3s2:28x28x64->128 3:55x55x16->64 3:20x20x33->65 3:28x28x128->128x4
    3s2:112x112x3->32 3s2:112x112x3->32image 7s2:112x112x3->64
    7s2:112x112x3->64image 3g32:28x28x128->128 1g3:28x28x240->60
    1:112x112x16->96+silu 1:56x56x24->144+silu 3dw:56x56x144+silu
    5dw:14x14x672+silu
""".split()

PATTERN = re.compile(
    r"(\d+)(?:s(\d+))?(?:d(\d+))?(?:(dw)|g(\d+))?:(\d+)x(\d+)x(\d+)"
    r"(?:->(\d+))?(?:x(\d+))?(image)?(?:\+(\w+))?"
)


@dataclass
class Layer:
    """A convolution; height and width are those of the output."""

    name: str
    window: int
    stride: int
    dilation: int
    groups: int
    height: int
    width: int
    inputs: int
    outputs: int
    batch: int
    is_image: bool
    activation: str

    @staticmethod
    def parse(text: str) -> "Layer":
        match = PATTERN.fullmatch(text)
        if not match:
            sys.exit(f"layers.py: error: '{text}' is not a layer; see --help")
        (window, stride, dilation, depthwise, groups, height, width, inputs, outputs,
         batch, image, activation) = match.groups()  # fmt: skip
        return Layer(
            text,
            int(window),
            int(stride or 1),
            int(dilation or 1),
            int(inputs) if depthwise else int(groups or 1),
            int(height),
            int(width),
            int(inputs),
            int(outputs or inputs),
            int(batch or 1),
            bool(image),
            activation or "",
        )

    def macs(self) -> int:
        return (self.batch * self.height * self.width * self.outputs
                * self.window**2 * self.inputs // self.groups)  # fmt: skip

    def mlir(self) -> str:
        """The quantized layer as a module with random weights."""
        source = random.Random(0)
        span = (self.window - 1) * self.dilation + 1
        height = (self.height - 1) * self.stride + span
        width = (self.width - 1) * self.stride + span
        padding = [0, 0, 0, 0]
        if self.is_image:
            padding = [span // 2, span // 2 - self.stride + 1] * 2
            height -= padding[0] + padding[1]
            width -= padding[2] + padding[3]
        image = f"{self.batch}x{height}x{width}x{self.inputs}"
        weights = (f"{self.outputs}x{self.window}x{self.window}x"
                   f"{self.inputs // self.groups}")  # fmt: skip
        size = self.outputs * self.window**2 * self.inputs // self.groups
        values = "".join(
            f"{source.randint(-127, 127) & 255:02X}" for _ in range(size)
        )
        bias = "".join(f"{source.randint(0, 999):02X}"[-2:] + "000000"
                       for _ in range(self.outputs))  # fmt: skip
        out = f"{self.batch}x{self.height}x{self.width}x{self.outputs}"
        scale = 73.0 * self.window * (self.inputs // self.groups) ** 0.5 / 100
        activation = ""
        if self.activation:
            activation = f", activation = #spiq.activation<{self.activation}>"
        argument, prologue = f"%q: tensor<{image}x!x>", ""
        if self.is_image:
            planes = f"tensor<{self.batch}x{self.inputs}x{height}x{width}xf32>"
            argument = f"%x: {planes}"
            prologue = f"""
  %empty = tensor.empty() : tensor<{image}xf32>
  %t = linalg.transpose ins(%x : {planes}) outs(%empty : tensor<{image}xf32>)
      permutation = [0, 2, 3, 1]
  %q = quant.qcast %t : tensor<{image}xf32> to tensor<{image}x!x>"""
        return f"""
!x = !quant.uniform<u8:f32, 0.5:3>
!w = !quant.uniform<i8<-127:127>:f32, 1.0>
!y = !quant.uniform<u8:f32, {scale:.6e}:128>
func.func @main({argument}) -> tensor<{out}x!y> {{{prologue}
  %bytes = arith.constant dense<"0x{values}"> : tensor<{weights}xi8>
  %w = quant.scast %bytes : tensor<{weights}xi8> to tensor<{weights}x!w>
  %b = arith.constant dense<"0x{bias}"> : tensor<{self.outputs}xi32>
  %y = spiq.conv_2d %q, %w, %b {{
    strides = array<i64: {self.stride}, {self.stride}>,
    dilations = array<i64: {self.dilation}, {self.dilation}>,
    padding = array<i64: {", ".join(map(str, padding))}>,
    groups = {self.groups} : i64{activation}}}
    : (tensor<{image}x!x>, tensor<{weights}x!w>, tensor<{self.outputs}xi32>)
    -> tensor<{out}x!y>
  return %y : tensor<{out}x!y>
}}
"""


def run(command: list) -> str:
    """Runs a command and returns what it printed; ends the program if it fails."""
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"layers.py: error: {command[0]}: {done.stderr.strip()}")
    return done.stdout


def compile_layer(layer: Layer, build: Path, folder: Path, flags: list) -> Path:
    folder.mkdir(parents=True)
    source = folder / "layer.mlir"
    source.write_text(layer.mlir())
    run([build / "bin" / "spiq-compile", source, "-o", f"{folder}/", *flags])
    (library,) = folder.glob("*.so")
    return library


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("layers", nargs="*", type=Layer.parse, metavar="LAYER")
    parser.add_argument("--build", action="append", type=Path)
    parser.add_argument("--only", default="", help="layers whose names match")
    parser.add_argument("--rounds", type=int, default=31)
    parser.add_argument("--compile-flag", action="append", default=[])
    parser.add_argument("--prefix", default="", help="words in front of the timing")
    args = parser.parse_args()
    builds = args.build or [ROOT / "build"]
    layers = args.layers or [
        layer for layer in map(Layer.parse, LAYERS) if re.search(args.only, layer.name)
    ]
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        timer = work / "time_layers"
        run(["cc", "-O2", f"-I{ROOT / 'include'}", "-o", timer,
             ROOT / "benchmarks" / "layers" / "time_layers.c", "-ldl"])  # fmt: skip
        libraries = [
            compile_layer(layer, build, work / f"{i}-{j}", args.compile_flag)
            for i, layer in enumerate(layers)
            for j, build in enumerate(builds)
        ]
        output = run([*args.prefix.split(), timer, args.rounds, *libraries])
    peak, *times = output.splitlines()
    medians = iter([float(line.split()[1]) for line in times])
    print(f"peak {peak} GMAC/s\n")
    print(f"{'layer':30}" + "       us  GMAC/s  peak% ratio" * len(builds))
    for layer in layers:
        line = f"{layer.name:30}"
        first = None
        for _ in builds:
            time = next(medians)
            first = first or time
            rate = layer.macs() / time
            percent = 100 * rate / float(peak) if float(peak) else float("nan")
            line += f"{time / 1e3:9.2f} {rate:7.1f} {percent:6.1f} {first / time:5.2f}"
        print(line)


if __name__ == "__main__":
    main()
