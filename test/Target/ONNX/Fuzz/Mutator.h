//===- Mutator.h - Deterministic damage to models ---------------*- C++ -*-===//

#ifndef SPIQ_TEST_TARGET_ONNX_FUZZ_MUTATOR_H
#define SPIQ_TEST_TARGET_ONNX_FUZZ_MUTATOR_H

#include <cstdint>
#include <onnx/onnx_pb.h>
#include <random>
#include <string>

/// Damages models, the same way for the same seed.
class Mutator {
public:
  explicit Mutator(uint64_t seed) : random(seed) {}

  /// Cuts off, overwrites, inserts or removes bytes.
  std::string mutateBytes(std::string bytes);

  /// Changes one to three fields of a well-formed model: attributes, shapes,
  /// types, names, the order and the number of things.
  std::string mutateFields(const ::onnx::ModelProto &original);

private:
  uint64_t below(uint64_t bound) { return bound ? random() % bound : 0; }
  /// An integer that is likely to hurt.
  int64_t badInt();
  void mutateNode(::onnx::GraphProto &graph);
  void mutateAttribute(::onnx::AttributeProto &attribute);
  void mutateTensor(::onnx::TensorProto &tensor);
  void mutateType(::onnx::TypeProto &type);

  std::mt19937_64 random;
};

#endif // SPIQ_TEST_TARGET_ONNX_FUZZ_MUTATOR_H
