//===- Model.h - A compiled model in this process ---------------*- C++ -*-===//
//
// Loads a library and runs it.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_TOOLS_SPIQ_RUN_MODEL_H
#define SPIQ_TOOLS_SPIQ_RUN_MODEL_H

#include "Tensor.h"

#include "spiq/Runtime/ThreadPool.h"

#include <memory>
#include <optional>

namespace spiq::run {

/// A loaded library with its workspace.
class Model {
public:
  /// Loads the library at `path`, to be run by `threads` threads, or one
  /// variant of it; returns null and sets `error` if that fails.
  static std::unique_ptr<Model> load(const std::string &path, uint64_t threads,
                                     std::optional<uint64_t> variant,
                                     std::string &error);
  Model(const Model &) = delete;
  Model &operator=(const Model &) = delete;
  ~Model();

  const spiq_model_info &getInfo() const { return *info; }
  const void *getWorkspace() const { return workspace; }
  /// The threads that run the model; null with one thread.
  const spiq_parallel_for *getParallelFor() const {
    return pool ? spiq_thread_pool_parallel_for(pool) : nullptr;
  }
  uint64_t getThreads() const { return pool ? getParallelFor()->threads : 1; }
  /// Tensors for the results of a run.
  std::vector<Tensor> createOutputs() const;
  /// Runs once. Returns an error or an empty text.
  std::string run(const std::vector<Tensor> &inputs,
                  std::vector<Tensor> &outputs);

private:
  Model() = default;

  void *library = nullptr;
  const spiq_model_info *info = nullptr;
  void *workspace = nullptr;
  /// Null with one thread.
  spiq_thread_pool *pool = nullptr;
};

} // namespace spiq::run

#endif // SPIQ_TOOLS_SPIQ_RUN_MODEL_H
