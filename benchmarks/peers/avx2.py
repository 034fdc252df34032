"""Keeps ONNX Runtime from instructions newer than AVX2.

It asks the processor itself and has no option for it. So it gets a copy of its
library in which every `cpuid` is a `ud2`, which a preloaded handler (cpuid.c)
answers.
"""

import re
import shutil
import subprocess
from pathlib import Path

SOURCE = Path(__file__).resolve().parent / "cpuid.c"
CPUID, UD2 = b"\x0f\xa2", b"\x0f\x0b"


def _output(*command) -> str:
    words = [str(word) for word in command]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def _find_cpuid(library: Path) -> list[int]:
    """Where in the file the instructions are."""
    header = re.search(
        r" \.text +PROGBITS +([0-9a-f]+) ([0-9a-f]+) ",
        _output("llvm-readelf-22", "--sections", "--wide", library),
    )
    address, offset = (int(number, 16) for number in header.groups())
    # The disassembly of the whole library is long: only these lines are kept.
    with subprocess.Popen(
        ["llvm-objdump-22", "--disassemble", "--no-show-raw-insn", library],
        stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        lines = [line for line in process.stdout if line.endswith("\tcpuid\n")]
    return [int(line.split(":")[0], 16) - address + offset for line in lines]


def _replace_cpuid(library: Path) -> None:
    code = bytearray(library.read_bytes())
    places = _find_cpuid(library)
    if not places:
        raise ValueError(f"{library}: no cpuid instruction found")
    for place in places:
        if code[place : place + 2] != CPUID:
            raise ValueError(f"{library}: no cpuid at offset {place:#x}")
        code[place : place + 2] = UD2
    library.write_bytes(code)


def prepare(modules: Path, folder: Path) -> None:
    """Copies `node_modules` to `folder`, restricted, with the handler beside it."""
    copy, handler = folder / "node_modules", folder / "cpuid.so"
    _output("cc", "-O1", "-shared", "-fPIC", SOURCE, "-o", handler, "-ldl")
    if copy.is_dir():
        return
    unfinished = folder / "unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    shutil.copytree(modules, unfinished)
    for library in unfinished.glob("onnxruntime-node/bin/*/linux/x64/libonnxruntime.so*"):
        _replace_cpuid(library)
    unfinished.rename(copy)


def environment(folder: Path) -> list[str]:
    """Words in front of a command that runs in `folder`, with its modules."""
    return ["env", f"LD_PRELOAD={folder / 'cpuid.so'}"]
