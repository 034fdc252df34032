//===- spiq-run.cpp - Runs compiled models ----------------------*- C++ -*-===//
//
// Executes a library on files or random input, times it, compares it.
//
//===----------------------------------------------------------------------===//

#include "Comparison.h"
#include "Model.h"
#include "Options.h"
#include "Profile.h"
#include "Tensor.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>

using namespace spiq::run;

static int fail(const std::string &message) {
  std::fprintf(stderr, "spiq-run: error: %s\n", message.c_str());
  return 1;
}

//===----------------------------------------------------------------------===//
// Descriptor
//===----------------------------------------------------------------------===//

static void printTensors(const char *kind, const spiq_tensor_info *tensors,
                         int32_t count) {
  for (int32_t i = 0; i < count; ++i) {
    const spiq_tensor_info &tensor = tensors[i];
    std::printf(
        "%s %d: %s %s", kind, i,
        describe(static_cast<spiq_type>(tensor.type), getShape(tensor)).c_str(),
        tensor.name);
    if (tensor.num_scales == 1)
      std::printf(", scale %g, zero point %d", tensor.scales[0],
                  tensor.zero_points[0]);
    else if (tensor.num_scales > 1)
      std::printf(", %d scales along dimension %d", tensor.num_scales,
                  tensor.quantized_axis);
    std::printf("\n");
  }
}

static void printInfo(const spiq_model_info &info) {
  std::printf("model: %s\ntarget: %s\nworkspace: %llu bytes\n", info.name,
              info.target,
              static_cast<unsigned long long>(info.workspace_bytes));
  for (uint64_t i = 0; i < info.num_variants; ++i)
    std::printf("variant %llu: %s%s\n", static_cast<unsigned long long>(i),
                info.variants[i]->target,
                info.variants[i] == &info ? " (chosen)" : "");
  printTensors("input", info.inputs, info.num_inputs);
  printTensors("output", info.outputs, info.num_outputs);
}

//===----------------------------------------------------------------------===//
// Inputs
//===----------------------------------------------------------------------===//

/// A small generator whose numbers are the same everywhere (SplitMix64, Steele
/// et al., "Fast splittable pseudorandom number generators", 2014).
static uint64_t nextRandom(uint64_t &state) {
  uint64_t z = state += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

static Tensor createRandom(const spiq_tensor_info &info, uint64_t &state) {
  Tensor tensor = createTensor(info);
  for (size_t i = 0, e = tensor.size(); i < e; ++i) {
    uint64_t bits = nextRandom(state);
    switch (tensor.type) {
    case SPIQ_F32:
      tensor.as<float>()[i] = static_cast<float>(bits >> 40) / (1 << 24);
      break;
    case SPIQ_I8:
    case SPIQ_U8:
      tensor.bytes[i] = static_cast<uint8_t>(bits >> 56);
      break;
    case SPIQ_I32:
      tensor.as<int32_t>()[i] = static_cast<int32_t>(bits >> 56);
      break;
    case SPIQ_I64:
      tensor.as<int64_t>()[i] = static_cast<int64_t>(bits >> 56);
      break;
    }
  }
  return tensor;
}

/// Checks a file's contents against the input, and quantizes f32 values for a
/// quantized input. Returns an error or an empty text.
static std::string prepareInput(const spiq_tensor_info &info,
                                const std::string &path, Tensor &tensor) {
  std::vector<int64_t> shape = getShape(info);
  auto type = static_cast<spiq_type>(info.type);
  std::string expected = "input '" + std::string(info.name) + "' is " +
                         describe(type, shape) + ", but '" + path + "' holds " +
                         describe(tensor.type, tensor.shape);
  if (tensor.shape != shape)
    return expected;
  bool quantize = tensor.type == SPIQ_F32 && info.num_scales > 0;
  if (tensor.type != type && !quantize)
    return expected;
  if (tensor.type == SPIQ_F32)
    for (size_t i = 0, e = tensor.size(); i < e; ++i)
      if (!std::isfinite(tensor.as<float>()[i]))
        return "'" + path + "' holds " +
               (std::isnan(tensor.as<float>()[i]) ? "NaN" : "infinity") +
               " at element " + std::to_string(i);
  if (quantize)
    tensor = fromReal(tensor, info);
  return "";
}

/// Makes the inputs of `model` that `options` describe.
static std::string createInputs(const Options &options, const Model &model,
                                std::vector<Tensor> &inputs) {
  const spiq_model_info &info = model.getInfo();
  if (options.random) {
    uint64_t state = *options.random;
    for (int32_t i = 0; i < info.num_inputs; ++i)
      inputs.push_back(createRandom(info.inputs[i], state));
    return "";
  }
  if (options.inputs.size() != static_cast<size_t>(info.num_inputs))
    return "the model has " + std::to_string(info.num_inputs) +
           " inputs, but " + std::to_string(options.inputs.size()) +
           " files are given; give one per input, or --random";
  for (int32_t i = 0; i < info.num_inputs; ++i) {
    std::string error;
    std::optional<Tensor> tensor = readNpy(options.inputs[i], error);
    if (!tensor)
      return error;
    error = prepareInput(info.inputs[i], options.inputs[i], *tensor);
    if (!error.empty())
      return error;
    inputs.push_back(std::move(*tensor));
  }
  return "";
}

//===----------------------------------------------------------------------===//
// Outputs
//===----------------------------------------------------------------------===//

/// A file name made from the name of a tensor.
static std::string toFileName(std::string name) {
  for (char &c : name)
    if (!std::isalnum(static_cast<unsigned char>(c)) && !std::strchr("._-", c))
      c = '_';
  return name + ".npy";
}

static std::string writeOutputs(const std::string &output, const Model &model,
                                const std::vector<Tensor> &outputs) {
  const spiq_model_info &info = model.getInfo();
  if (output.back() != '/') {
    if (outputs.size() != 1)
      return "the model has " + std::to_string(outputs.size()) +
             " outputs; give a folder: -o " + output + "/";
    return writeNpy(output, outputs.front());
  }
  std::error_code code;
  std::filesystem::create_directories(output, code);
  if (code)
    return "cannot create the folder '" + output + "': " + code.message();
  for (size_t i = 0; i < outputs.size(); ++i) {
    std::string error =
        writeNpy(output + toFileName(info.outputs[i].name), outputs[i]);
    if (!error.empty())
      return error;
  }
  return "";
}

//===----------------------------------------------------------------------===//
// Benchmark and comparison
//===----------------------------------------------------------------------===//

static std::string benchmark(const Options &options, Model &model,
                             const std::vector<Tensor> &inputs,
                             std::vector<Tensor> &outputs) {
  using Clock = std::chrono::steady_clock;
  std::vector<double> times;
  for (uint64_t i = 0; i < options.warmup + *options.benchmark; ++i) {
    Clock::time_point begin = Clock::now();
    std::string error = model.run(inputs, outputs);
    if (!error.empty())
      return error;
    if (i >= options.warmup)
      times.push_back(
          std::chrono::duration<double, std::milli>(Clock::now() - begin)
              .count());
  }
  std::sort(times.begin(), times.end());
  std::printf("runs: %zu\nmin: %.4f ms\nmedian: %.4f ms\n", times.size(),
              times.front(), times[times.size() / 2]);
  return "";
}

/// Whether both models take and return tensors of the same shapes.
static std::string checkSameShapes(const spiq_model_info &a,
                                   const spiq_model_info &b) {
  auto haveSameShapes = [](const spiq_tensor_info *x, int32_t numX,
                           const spiq_tensor_info *y, int32_t numY) {
    if (numX != numY)
      return false;
    for (int32_t i = 0; i < numX; ++i)
      if (getShape(x[i]) != getShape(y[i]))
        return false;
    return true;
  };
  if (!haveSameShapes(a.inputs, a.num_inputs, b.inputs, b.num_inputs))
    return "the libraries take different inputs";
  if (!haveSameShapes(a.outputs, a.num_outputs, b.outputs, b.num_outputs))
    return "the libraries have different outputs";
  return "";
}

/// Turns the inputs of one model into those of another.
static std::vector<Tensor> translateInputs(const std::vector<Tensor> &inputs,
                                           const spiq_model_info &from,
                                           const spiq_model_info &to) {
  std::vector<Tensor> result;
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (from.inputs[i].type == to.inputs[i].type &&
        from.inputs[i].num_scales == 0) {
      result.push_back(inputs[i]);
      continue;
    }
    Tensor real{SPIQ_F32, inputs[i].shape,
                std::vector<uint8_t>(inputs[i].size() * sizeof(float))};
    std::vector<double> values = toReal(inputs[i], from.inputs[i]);
    for (size_t j = 0; j < values.size(); ++j)
      real.as<float>()[j] = static_cast<float>(values[j]);
    result.push_back(fromReal(real, to.inputs[i]));
  }
  return result;
}

static std::string runComparison(const Options &options, const Model &model,
                                 const std::vector<Tensor> &inputs,
                                 const std::vector<Tensor> &outputs) {
  std::string error;
  std::unique_ptr<Model> other =
      Model::load(options.compare, options.threads, std::nullopt, error);
  if (!other)
    return error;
  const spiq_model_info &info = model.getInfo();
  error = checkSameShapes(info, other->getInfo());
  if (!error.empty())
    return error;
  std::vector<Tensor> reference = other->createOutputs();
  error =
      other->run(translateInputs(inputs, info, other->getInfo()), reference);
  if (!error.empty())
    return error;
  for (size_t i = 0; i < outputs.size(); ++i) {
    Comparison result = compare(
        toReal(outputs[i], info.outputs[i]),
        toReal(reference[i], other->getInfo().outputs[i]), outputs[i].shape);
    std::printf("%s: SQNR %.2f dB, max error %g, relative %g, argmax %zu/%zu\n",
                info.outputs[i].name, result.sqnr, result.maxAbsolute,
                result.maxRelative, result.agreeing, result.positions);
  }
  return "";
}

static std::string runModel(const Options &options) {
  std::string error;
  std::unique_ptr<Model> model =
      Model::load(options.library, options.threads, options.variant, error);
  if (!model)
    return error;
  if (options.info)
    printInfo(model->getInfo());
  bool runs = options.random || !options.inputs.empty() || options.benchmark ||
              options.profile || !options.compare.empty() ||
              !options.output.empty();
  if (!runs && options.info)
    return "";

  std::vector<Tensor> inputs;
  error = createInputs(options, *model, inputs);
  if (!error.empty())
    return error;
  std::vector<Tensor> outputs = model->createOutputs();
  error = model->run(inputs, outputs);
  if (error.empty() && !options.output.empty())
    error = writeOutputs(options.output, *model, outputs);
  if (error.empty() && !options.compare.empty())
    error = runComparison(options, *model, inputs, outputs);
  if (error.empty() && options.benchmark)
    error = benchmark(options, *model, inputs, outputs);
  if (error.empty() && options.profile) {
    Profile profile;
    error = recordProfile(*model, options.warmup, *options.profile, inputs,
                          outputs, profile);
    if (error.empty())
      (options.profileJSON ? printProfileAsJSON : printProfile)(*model,
                                                                profile);
  }
  return error;
}

int main(int argc, char **argv) {
  std::string error;
  std::optional<Options> options = parseOptions(argc, argv, error);
  if (!options)
    return fail(error);
  if (options->help) {
    std::fputs(kUsage, stdout);
    return 0;
  }
  error = runModel(*options);
  return error.empty() ? 0 : fail(error);
}
