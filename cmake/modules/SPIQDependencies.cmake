# Finds LLVM and MLIR 22 and makes their CMake helpers available.
#
# Every SPIQ library links the shared libMLIR and libLLVM. Linking the static
# archives next to them would register each dialect and option twice.

if(NOT MLIR_DIR AND EXISTS "/usr/lib/llvm-22/lib/cmake/mlir")
  set(MLIR_DIR "/usr/lib/llvm-22/lib/cmake/mlir")
endif()
find_package(MLIR REQUIRED CONFIG)
if(NOT LLVM_PACKAGE_VERSION VERSION_GREATER_EQUAL 22)
  message(FATAL_ERROR
    "SPIQ needs LLVM and MLIR 22, but found ${LLVM_PACKAGE_VERSION} in "
    "${LLVM_DIR}. Pass -DMLIR_DIR=<prefix>/lib/cmake/mlir.")
endif()
message(STATUS "Using MLIR ${LLVM_PACKAGE_VERSION} from ${MLIR_DIR}")

list(APPEND CMAKE_MODULE_PATH "${MLIR_CMAKE_DIR}" "${LLVM_CMAKE_DIR}")
include(TableGen)
include(AddLLVM)
include(AddMLIR)

# ONNX's C++ library reads and checks models; its messages are protocol buffers.
find_package(Protobuf REQUIRED)
find_package(ONNX REQUIRED)

# Linear algebra of scale derivation.
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
