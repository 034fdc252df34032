"""Configuration of SPIQ's lit tests.

Tests run the tools of the build tree and LLVM's test tools, which are put in
front of PATH. Machine dependent tests name what they need with REQUIRES:

    shared             SPIQ_SHARED_DIR points to a folder of public networks
    x86-64, aarch64    the machine that runs the tests
    avx2, avx512, avx512vnni, avxvnni   what its processor can do
    aarch64-emulation  qemu-aarch64 and a cross C compiler are installed
    x86-64-emulation   qemu-x86_64 is installed, and SPIQ built without
                       sanitizers, whose memory it cannot provide
    aarch64-cxx        a cross C++ compiler is installed
    thread-sanitizer   the C++ compiler has a thread sanitizer
    python-MODULE      the Python module is installed (numpy, onnx, torch)
    sanitizers         SPIQ is built with sanitizers, which programs that are not
                       cannot load or link
"""

import os
import platform
import shutil
import subprocess

import lit.formats

config.name = "SPIQ"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs", "CMakeLists.txt"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.spiq_obj_root, "test")

path = [os.path.join(config.spiq_obj_root, "bin"), config.llvm_tools_dir]
config.environment["PATH"] = os.pathsep.join(path + [os.environ["PATH"]])

config.substitutions.append(("%python", config.python_executable))
config.substitutions.append(("%spiq_src", config.spiq_src_root))
config.substitutions.append(("%spiq_obj", config.spiq_obj_root))
config.substitutions.append(("%llvm_tools", config.llvm_tools_dir))
config.substitutions.append(("%llvm_libs", config.llvm_library_dir))
config.substitutions.append(("%mlir_dir", config.mlir_dir))
config.substitutions.append(("%cmake", config.cmake_command))
config.substitutions.append(("%host_cc", config.host_cc))
config.substitutions.append(("%host_cxx", config.host_cxx))
config.substitutions.append(("%linker_flags", config.linker_flags))
config.substitutions.append(("%aarch64_cc", "aarch64-linux-gnu-gcc"))
config.substitutions.append(
    ("%qemu_aarch64", "qemu-aarch64 -L /usr/aarch64-linux-gnu"))

shared = os.environ.get("SPIQ_SHARED_DIR", "")
if shared and os.path.isdir(shared):
    config.available_features.add("shared")
    config.environment["SPIQ_SHARED_DIR"] = os.path.abspath(shared)
    config.substitutions.append(("%shared", os.path.abspath(shared)))

for name in ("ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS", "CCACHE_DIR",
             "HOME"):
    if name in os.environ:
        config.environment[name] = os.environ[name]

if config.sanitizers:
    config.available_features.add("sanitizers")

machine = platform.machine()
config.available_features.add({"x86_64": "x86-64"}.get(machine, machine))


def processor_flags():
    try:
        with open("/proc/cpuinfo") as cpuinfo:
            for line in cpuinfo:
                if line.startswith(("flags", "Features")):
                    return set(line.split(":", 1)[1].split())
    except OSError:
        pass
    return set()


flags = processor_flags()
for feature, needed in {
        "avx2": {"avx2", "fma"},
        "avx512": {"avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512cd"},
        "avx512vnni": {"avx512_vnni", "avx512vl"},
        "avxvnni": {"avx_vnni"},
}.items():
    if needed <= flags:
        config.available_features.add(feature)

if all(shutil.which(tool)
       for tool in ("qemu-aarch64", "aarch64-linux-gnu-gcc")):
    config.available_features.add("aarch64-emulation")
if shutil.which("qemu-x86_64") and not config.sanitizers:
    config.available_features.add("x86-64-emulation")
if shutil.which("aarch64-linux-gnu-g++"):
    config.available_features.add("aarch64-cxx")


# That a library of that name is found does not mean that it is the compiler's.
linked = subprocess.run(
    [config.host_cxx, "-fsanitize=thread", "-x", "c++", "-", "-o", os.devnull],
    input="int main() {}", text=True, check=False,
    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
if linked.returncode == 0:
    config.available_features.add("thread-sanitizer")

modules = ("numpy", "onnx", "torch")
probe = ("import importlib.util as u;"
         f"print(*(m for m in {modules!r} if u.find_spec(m)))")
found = subprocess.run([config.python_executable, "-c", probe],
                       stdout=subprocess.PIPE, text=True, check=True)
for module in found.stdout.split():
    config.available_features.add("python-" + module)
