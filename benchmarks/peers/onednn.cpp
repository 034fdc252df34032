//===- onednn.cpp - An int8 network on oneDNN -------------------*- C++ -*-===//
//
// Runs a network that peers/onednn.py describes in JSON, with oneDNN's int8
// primitives, and prints times as JSON. Every primitive chooses its layouts;
// clamps, scales and residual additions are fused into convolutions.
//
//   onednn NETWORK.json [--runs=20] [--warmup=5] [--input=FILE.bin]
//          [--output=FILE.bin] [--layers]
//
//===----------------------------------------------------------------------===//

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

#include <oneapi/dnnl/dnnl.hpp>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace {

namespace cl = llvm::cl;
namespace json = llvm::json;
using dnnl::memory;

cl::opt<std::string> networkFile(cl::Positional, cl::Required,
                                 cl::desc("NETWORK.json"));
cl::opt<unsigned> numRuns("runs", cl::init(20), cl::desc("timed runs"));
cl::opt<unsigned> numWarmups("warmup", cl::init(5), cl::desc("runs before"));
cl::opt<std::string> inputFile("input", cl::desc("f32 values of the input"));
cl::opt<std::string> outputFile("output", cl::desc("where f32 results go"));
cl::opt<bool> printLayers("layers", cl::desc("time and name each primitive"));

[[noreturn]] void fail(const llvm::Twine &message) {
  llvm::errs() << "onednn: error: " << message << "\n";
  std::exit(1);
}

std::vector<char> readFile(const std::string &path) {
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false);
  if (!buffer)
    fail("cannot read '" + path + "'");
  return {(*buffer)->getBufferStart(), (*buffer)->getBufferEnd()};
}

/// The member `key` of a description as a list of integers.
memory::dims getDims(const json::Object &object, llvm::StringRef key) {
  memory::dims result;
  if (const json::Array *array = object.getArray(key))
    for (const json::Value &value : *array)
      result.push_back(*value.getAsInteger());
  return result;
}

std::string getText(const json::Object &object, llvm::StringRef key) {
  return object.getString(key).value_or("").str();
}

memory::data_type getType(const json::Object &object) {
  std::string name = getText(object, "type");
  return name == "u8"   ? memory::data_type::u8
         : name == "s8" ? memory::data_type::s8
                        : memory::data_type::f32;
}

memory::format_tag getPlainTag(size_t rank) {
  using Tag = memory::format_tag;
  static const Tag tags[] = {Tag::a, Tag::ab, Tag::abc, Tag::abcd, Tag::abcde};
  return tags[rank - 1];
}

/// A primitive with its arguments.
struct Step {
  std::string name;
  dnnl::primitive primitive;
  std::unordered_map<int, memory> arguments;
};

class Network {
public:
  explicit Network(const json::Object &description)
      : weights(readFile(getText(description, "weights"))) {
    createInput(*description.getObject("input"));
    for (const json::Value &layer : *description.getArray("layers"))
      addLayer(*layer.getAsObject());
    createOutput(*description.getObject("output"));
  }

  void run() {
    for (Step &step : steps)
      step.primitive.execute(stream, step.arguments);
    stream.wait();
  }

  /// Prints each primitive's share of a run.
  void printTimes() {
    for (Step &step : steps) {
      double best = 1e9;
      for (int i = 0; i < 20; ++i) {
        auto begin = std::chrono::steady_clock::now();
        step.primitive.execute(stream, step.arguments);
        stream.wait();
        std::chrono::duration<double, std::milli> time =
            std::chrono::steady_clock::now() - begin;
        best = std::min(best, time.count());
      }
      const char *implementation = nullptr;
      dnnl_primitive_desc_query(step.primitive.get_primitive_desc(),
                                dnnl_query_impl_info_str, 0,
                                static_cast<void *>(&implementation));
      llvm::errs() << llvm::format("%9.4f ms  %-24s ", best, implementation)
                   << step.name << "\n";
    }
  }

  memory input, output;

private:
  using Types = memory::data_type;

  memory::desc any(const memory::dims &dims, Types type) const {
    return {dims, type, memory::format_tag::any};
  }

  void addStep(const std::string &name, dnnl::primitive primitive,
               std::unordered_map<int, memory> arguments) {
    steps.push_back({name, std::move(primitive), std::move(arguments)});
  }

  /// Adds a reorder of `from` to `to`, multiplied by `scale`.
  void addReorder(const std::string &name, memory from, memory to,
                  float scale) {
    dnnl::primitive_attr attributes;
    if (scale != 1)
      attributes.set_output_scales(0, {scale});
    dnnl::reorder::primitive_desc desc(from, to, attributes);
    addStep("reorder " + name, dnnl::reorder(desc),
            {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}});
  }

  /// The value `name` in the layout `desc`; reordered where it has another.
  memory getOperand(const std::string &name, const memory::desc &desc) {
    if (name == inputName) {
      memory result(desc, engine);
      addReorder(name, input, result, 1 / inputScale);
      return result;
    }
    memory value = values.at(name);
    if (value.get_desc() == desc)
      return value;
    memory result(desc, engine);
    addReorder(name, value, result, 1);
    return result;
  }

  memory::dims getOperandDims(const std::string &name) const {
    return name == inputName ? input.get_desc().dims()
                             : values.at(name).get_desc().dims();
  }

  Types getOperandType(const std::string &name) const {
    return name == inputName ? inputType
                             : values.at(name).get_desc().data_type();
  }

  /// A constant of the weights' file, which holds f32 values, as `desc`.
  memory getConstant(const json::Object &layer, llvm::StringRef key,
                     const memory::dims &dims, const memory::desc &desc) {
    memory::desc plainDesc(dims, Types::f32, getPlainTag(dims.size()));
    size_t offset = *layer.getInteger(key);
    if (offset + plainDesc.get_size() > weights.size())
      fail("the file of weights is too small");
    memory plain(plainDesc, engine, weights.data() + offset);
    memory result(desc, engine);
    dnnl::reorder(plain, result).execute(stream, plain, result);
    stream.wait();
    return result;
  }

  void createInput(const json::Object &description) {
    inputName = getText(description, "name");
    inputScale = *description.getNumber("scale");
    inputType = getType(description);
    memory::dims dims = getDims(description, "shape");
    input = memory({dims, Types::f32, memory::format_tag::nchw}, engine);
  }

  void createOutput(const json::Object &description) {
    memory value = values.at(getText(description, "name"));
    memory::dims dims = value.get_desc().dims();
    output = memory({dims, Types::f32, getPlainTag(dims.size())}, engine);
    addReorder("output", value, output, *description.getNumber("scale"));
  }

  void addLayer(const json::Object &layer) {
    std::string op = getText(layer, "op");
    if (op == "conv")
      addConvolution(layer);
    else if (op == "pool")
      addPooling(layer);
    else if (op == "concat")
      addConcat(layer);
    else if (op == "inner_product")
      addInnerProduct(layer);
    else
      fail("unknown layer '" + op + "'");
  }

  dnnl::primitive_attr createAttributes(const json::Object &layer) const {
    dnnl::primitive_attr attributes;
    std::vector<float> scales;
    for (const json::Value &scale : *layer.getArray("scales"))
      scales.push_back(*scale.getAsNumber());
    attributes.set_output_scales(/*mask=*/1 << 1, scales);
    dnnl::post_ops operations;
    std::string residual = getText(layer, "residual");
    if (!residual.empty())
      operations.append_sum(*layer.getNumber("residual_scale"), 0,
                            getOperandType(residual));
    // Saturation of the result clamps where the bounds are those of its type.
    if (const json::Array *clamp = layer.getArray("clamp"))
      operations.append_eltwise(1, dnnl::algorithm::eltwise_clip,
                                *(*clamp)[0].getAsNumber(),
                                *(*clamp)[1].getAsNumber());
    attributes.set_post_ops(operations);
    return attributes;
  }

  /// Memory for a result that is added to the value `residual`, if there is
  /// one: its own, whose bytes may be of another type.
  memory getSum(const std::string &residual, const memory::desc &desc) {
    if (residual.empty())
      return memory(desc, engine);
    memory::desc layout = desc;
    layout.data.data_type = memory::convert_to_c(getOperandType(residual));
    memory value = getOperand(residual, layout);
    kept.push_back(value);
    return memory(desc, engine, value.get_data_handle());
  }

  void addConvolution(const json::Object &layer) {
    std::string name = getText(layer, "name");
    std::string source = getText(layer, "input");
    memory::dims weightDims = getDims(layer, "weight_shape");
    memory::dims dims = getDims(layer, "shape");
    memory::dims dilations = getDims(layer, "dilations");
    for (memory::dim &dilation : dilations)
      --dilation; // oneDNN counts the gaps
    dnnl::convolution_forward::desc desc(
        dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct,
        any(getOperandDims(source), getOperandType(source)),
        any(weightDims, Types::s8), any({dims[1]}, Types::f32),
        any(dims, getType(layer)), getDims(layer, "strides"), dilations,
        getDims(layer, "pads_begin"), getDims(layer, "pads_end"));
    dnnl::convolution_forward::primitive_desc primitive(
        desc, createAttributes(layer), engine);

    memory result = getSum(getText(layer, "residual"), primitive.dst_desc());
    addStep(name, dnnl::convolution_forward(primitive),
            {{DNNL_ARG_SRC, getOperand(source, primitive.src_desc())},
             {DNNL_ARG_WEIGHTS, getConstant(layer, "weights", weightDims,
                                            primitive.weights_desc())},
             {DNNL_ARG_BIAS,
              getConstant(layer, "bias", {dims[1]}, primitive.bias_desc())},
             {DNNL_ARG_DST, result}});
    values[name] = result;
  }

  void addPooling(const json::Object &layer) {
    std::string name = getText(layer, "name");
    std::string source = getText(layer, "input");
    memory value = values.at(source);
    dnnl::algorithm algorithm =
        getText(layer, "kind") == "max"
            ? dnnl::algorithm::pooling_max
            : dnnl::algorithm::pooling_avg_exclude_padding;
    dnnl::pooling_forward::desc desc(
        dnnl::prop_kind::forward_inference, algorithm, value.get_desc(),
        any(getDims(layer, "shape"), getType(layer)), getDims(layer, "strides"),
        getDims(layer, "kernel"), getDims(layer, "pads_begin"),
        getDims(layer, "pads_end"));
    dnnl::pooling_forward::primitive_desc primitive(desc, engine);
    memory result(primitive.dst_desc(), engine);
    addStep(name, dnnl::pooling_forward(primitive),
            {{DNNL_ARG_SRC, value}, {DNNL_ARG_DST, result}});
    values[name] = result;
  }

  void addConcat(const json::Object &layer) {
    std::string name = getText(layer, "name");
    std::vector<memory::desc> descs;
    std::unordered_map<int, memory> arguments;
    for (const json::Value &input : *layer.getArray("inputs")) {
      memory value = values.at(input.getAsString()->str());
      arguments.insert(
          {DNNL_ARG_MULTIPLE_SRC + static_cast<int>(descs.size()), value});
      descs.push_back(value.get_desc());
    }
    dnnl::concat::primitive_desc primitive(/*concat_dimension=*/1, descs,
                                           engine);
    memory result(primitive.dst_desc(), engine);
    arguments.insert({DNNL_ARG_DST, result});
    addStep(name, dnnl::concat(primitive), arguments);
    values[name] = result;
  }

  void addInnerProduct(const json::Object &layer) {
    std::string name = getText(layer, "name");
    std::string source = getText(layer, "input");
    memory::dims weightDims = getDims(layer, "weight_shape");
    memory::dims dims = getDims(layer, "shape");
    dnnl::inner_product_forward::desc desc(
        dnnl::prop_kind::forward_inference,
        any(getOperandDims(source), getOperandType(source)),
        any(weightDims, Types::s8), any({dims[1]}, Types::f32),
        any(dims, getType(layer)));
    dnnl::inner_product_forward::primitive_desc primitive(
        desc, createAttributes(layer), engine);
    memory result(primitive.dst_desc(), engine);
    addStep(name, dnnl::inner_product_forward(primitive),
            {{DNNL_ARG_SRC, getOperand(source, primitive.src_desc())},
             {DNNL_ARG_WEIGHTS, getConstant(layer, "weights", weightDims,
                                            primitive.weights_desc())},
             {DNNL_ARG_BIAS,
              getConstant(layer, "bias", {dims[1]}, primitive.bias_desc())},
             {DNNL_ARG_DST, result}});
    values[name] = result;
  }

  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
  std::vector<char> weights;
  std::string inputName;
  float inputScale = 1;
  Types inputType = Types::u8;
  std::map<std::string, memory> values;
  std::vector<memory> kept; // other memory refers to their bytes
  std::vector<Step> steps;
};

void writeResults(Network &network) {
  std::ofstream stream(outputFile, std::ios::binary);
  stream.write(static_cast<const char *>(network.output.get_data_handle()),
               network.output.get_desc().get_size());
}

void printTimes(std::vector<double> times) {
  std::sort(times.begin(), times.end());
  const dnnl::version_t *version = dnnl::version();
  std::string number = std::to_string(version->major) + "." +
                       std::to_string(version->minor) + "." +
                       std::to_string(version->patch);
  json::OStream os(llvm::outs());
  os.object([&] {
    os.attribute("peer", "oneDNN");
    os.attribute("version", number);
    os.attributeObject("milliseconds", [&] {
      os.attribute("min", times.front());
      os.attribute("median", times[times.size() / 2]);
    });
  });
  llvm::outs() << "\n";
}

} // namespace

int main(int argc, char **argv) {
  cl::ParseCommandLineOptions(argc, argv, "An int8 network on oneDNN\n");
  std::vector<char> text = readFile(networkFile);
  llvm::Expected<json::Value> description =
      json::parse(llvm::StringRef(text.data(), text.size()));
  if (!description)
    fail(llvm::toString(description.takeError()));
  Network network(*description->getAsObject());
  if (!inputFile.empty()) {
    std::vector<char> values = readFile(inputFile);
    if (values.size() != network.input.get_desc().get_size())
      fail("'" + inputFile + "' does not have the size of the input");
    std::copy(values.begin(), values.end(),
              static_cast<char *>(network.input.get_data_handle()));
  }
  std::vector<double> times;
  for (unsigned i = 0; i < numWarmups + numRuns; ++i) {
    auto begin = std::chrono::steady_clock::now();
    network.run();
    std::chrono::duration<double, std::milli> time =
        std::chrono::steady_clock::now() - begin;
    if (i >= numWarmups)
      times.push_back(time.count());
  }
  if (!outputFile.empty())
    writeResults(network);
  if (printLayers)
    network.printTimes();
  printTimes(std::move(times));
  return 0;
}
