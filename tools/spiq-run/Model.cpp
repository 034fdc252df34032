//===- Model.cpp - A compiled model in this process -------------*- C++ -*-===//
//
// Loads a library and runs it.
//
//===----------------------------------------------------------------------===//

#include "Model.h"

#include <algorithm>
#include <cstdlib>
#include <dlfcn.h>

namespace spiq::run {

std::unique_ptr<Model> Model::load(const std::string &path, uint64_t threads,
                                   std::optional<uint64_t> variant,
                                   std::string &error) {
  // The loader searches its own folders for names without a slash.
  std::string file = path.find('/') == std::string::npos ? "./" + path : path;
  std::unique_ptr<Model> model(new Model);
  model->library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!model->library) {
    error = std::string("cannot load '") + path + "': " + dlerror();
    return nullptr;
  }
  using Entry = const spiq_model_info *(*)();
  auto entry = reinterpret_cast<Entry>(dlsym(model->library, "spiq_model"));
  if (!entry) {
    error =
        "'" + path + "' was not made by spiq-compile: it has no spiq_model()";
    return nullptr;
  }
  model->info = entry();
  if (model->info->abi_version != SPIQ_MODEL_ABI) {
    error = "'" + path + "' has interface version " +
            std::to_string(model->info->abi_version) + ", but this program " +
            "knows version " + std::to_string(SPIQ_MODEL_ABI) +
            "; compile the model again";
    return nullptr;
  }
  if (variant) {
    uint64_t count = model->info->num_variants;
    if (*variant >= count) {
      error = "'" + path + "' has " + std::to_string(count) +
              " variants; --variant counts from 0, and --info lists them";
      return nullptr;
    }
    model->info = model->info->variants[*variant];
  }
  uint64_t alignment = std::max<uint64_t>(model->info->workspace_alignment, 64);
  uint64_t bytes = std::max<uint64_t>(model->info->workspace_bytes, 1);
  bytes = (bytes + alignment - 1) / alignment * alignment;
  model->workspace = std::aligned_alloc(alignment, bytes);
  if (!model->workspace) {
    error = "no memory for a workspace of " + std::to_string(bytes) + " bytes";
    return nullptr;
  }
  if (threads == 1)
    return model;
  if (!model->info->run_parallel) {
    error = "'" + path +
            "' was compiled with --threads=1; compile it without, "
            "or run it with one thread";
    return nullptr;
  }
  model->pool = spiq_thread_pool_create(threads);
  if (!model->pool) {
    error = "cannot start " + std::to_string(threads) + " threads";
    return nullptr;
  }
  return model;
}

Model::~Model() {
  spiq_thread_pool_destroy(pool);
  std::free(workspace);
  if (library)
    dlclose(library);
}

std::vector<Tensor> Model::createOutputs() const {
  std::vector<Tensor> outputs;
  for (int32_t i = 0; i < info->num_outputs; ++i)
    outputs.push_back(createTensor(info->outputs[i]));
  return outputs;
}

std::string Model::run(const std::vector<Tensor> &inputs,
                       std::vector<Tensor> &outputs) {
  std::vector<const void *> in;
  for (const Tensor &tensor : inputs)
    in.push_back(tensor.bytes.data());
  std::vector<void *> out;
  for (Tensor &tensor : outputs)
    out.push_back(tensor.bytes.data());
  int32_t status = pool ? info->run_parallel(in.data(), out.data(), workspace,
                                             getParallelFor())
                        : info->run(in.data(), out.data(), workspace);
  switch (status) {
  case SPIQ_OK:
    return "";
  case SPIQ_ERROR_NULL:
    return "the model reports a null pointer";
  case SPIQ_ERROR_ALIGNMENT:
    return "the model reports a misaligned pointer";
  case SPIQ_ERROR_CPU:
    return std::string("this processor lacks instructions that the model was "
                       "compiled for: ") +
           info->target;
  }
  return "the model reports an unknown error";
}

} // namespace spiq::run
