//===- Mutator.cpp - Deterministic damage to models -----------------------===//

#include "Mutator.h"

#include <limits>

using namespace onnx;

int64_t Mutator::badInt() {
  static constexpr int64_t kValues[] = {0,
                                        -1,
                                        1,
                                        2,
                                        -2,
                                        3,
                                        7,
                                        63,
                                        64,
                                        1000,
                                        65537,
                                        INT32_MAX,
                                        INT32_MIN,
                                        int64_t(1) << 32,
                                        int64_t(1) << 62,
                                        INT64_MAX,
                                        INT64_MIN};
  return kValues[below(std::size(kValues))];
}

std::string Mutator::mutateBytes(std::string bytes) {
  if (bytes.empty())
    return bytes;
  switch (below(4)) {
  case 0:
    bytes.resize(below(bytes.size()));
    return bytes;
  case 1:
    bytes.erase(below(bytes.size()), 1 + below(8));
    return bytes;
  case 2:
    bytes.insert(below(bytes.size()), 1 + below(8),
                 static_cast<char>(below(256)));
    return bytes;
  default:
    for (uint64_t i = 0, e = 1 + below(4); i < e; ++i)
      bytes[below(bytes.size())] = static_cast<char>(below(256));
    return bytes;
  }
}

void Mutator::mutateAttribute(AttributeProto &attribute) {
  switch (below(6)) {
  case 0:
    attribute.set_type(static_cast<AttributeProto::AttributeType>(below(12)));
    break;
  case 1:
    attribute.set_name(below(2) ? "axis" : "pads");
    break;
  case 2:
    attribute.set_f(below(2) ? std::numeric_limits<float>::quiet_NaN()
                             : -std::numeric_limits<float>::infinity());
    break;
  case 3:
    if (attribute.has_t()) {
      mutateTensor(*attribute.mutable_t());
      break;
    }
    attribute.set_s(below(2) ? "SAME_UPPER" : "nonsense");
    break;
  default:
    if (attribute.ints_size() == 0)
      attribute.set_i(badInt());
    else if (below(4) == 0)
      attribute.mutable_ints()->RemoveLast();
    else if (below(4) == 0)
      attribute.add_ints(badInt());
    else
      attribute.set_ints(below(attribute.ints_size()), badInt());
    break;
  }
}

void Mutator::mutateTensor(TensorProto &tensor) {
  switch (below(4)) {
  case 0:
    tensor.set_data_type(static_cast<int>(below(24)));
    break;
  case 1:
    tensor.add_dims(badInt());
    break;
  case 2:
    if (tensor.dims_size() > 0)
      tensor.set_dims(below(tensor.dims_size()), badInt());
    break;
  default:
    if (tensor.int64_data_size() > 0)
      tensor.set_int64_data(below(tensor.int64_data_size()), badInt());
    else if (tensor.float_data_size() > 0)
      tensor.set_float_data(below(tensor.float_data_size()),
                            static_cast<float>(badInt()));
    else
      tensor.set_raw_data("damage");
    break;
  }
}

void Mutator::mutateType(TypeProto &type) {
  auto &tensor = *type.mutable_tensor_type();
  switch (below(5)) {
  case 0:
    tensor.set_elem_type(static_cast<int>(below(24)));
    break;
  case 1:
    tensor.mutable_shape()->add_dim()->set_dim_value(badInt());
    break;
  case 2:
    tensor.clear_shape();
    break;
  default:
    if (tensor.shape().dim_size() > 0)
      tensor.mutable_shape()
          ->mutable_dim(below(tensor.shape().dim_size()))
          ->set_dim_value(badInt());
    break;
  }
}

void Mutator::mutateNode(GraphProto &graph) {
  static constexpr const char *kOps[] = {
      "Conv",    "ConvTranspose", "Gemm",    "MatMul",     "Reshape",
      "Concat",  "Split",         "Slice",   "Pad",        "Resize",
      "Softmax", "MaxPool",       "Gather",  "ReduceMean", "Transpose",
      "Flatten", "Squeeze",       "Expand",  "Upsample",   "AveragePool",
      "Clip",    "PRelu",         "Range",   "Where",      "ConstantOfShape",
      "If",      "Loop",          "Unknown", "Cast",       "QuantizeLinear",
      "Div",     "DepthToSpace",  "Max",     "Unsqueeze",  "DequantizeLinear"};
  NodeProto &node = *graph.mutable_node(below(graph.node_size()));
  switch (below(8)) {
  case 0:
    node.set_op_type(kOps[below(std::size(kOps))]);
    break;
  case 1:
    if (node.input_size() > 0)
      node.mutable_input()->RemoveLast();
    break;
  case 2:
    node.add_input(node.output_size() > 0 && below(2) ? node.output(0) : "");
    break;
  case 3:
    if (node.input_size() > 0)
      node.set_input(below(node.input_size()),
                     below(2) ? "" : graph.input(0).name());
    break;
  case 4:
    if (below(2))
      node.add_output("more");
    else if (node.output_size() > 0)
      node.mutable_output()->RemoveLast();
    break;
  case 5:
    if (node.attribute_size() > 0)
      node.mutable_attribute()->RemoveLast();
    break;
  default:
    if (node.attribute_size() > 0)
      mutateAttribute(*node.mutable_attribute(below(node.attribute_size())));
    break;
  }
}

std::string Mutator::mutateFields(const ModelProto &original) {
  ModelProto model = original;
  GraphProto &graph = *model.mutable_graph();
  for (uint64_t i = 0, e = 1 + below(3); i < e; ++i) {
    switch (below(8)) {
    case 0:
      if (graph.initializer_size() > 0)
        mutateTensor(
            *graph.mutable_initializer(below(graph.initializer_size())));
      break;
    case 1:
      if (graph.input_size() > 0)
        mutateType(
            *graph.mutable_input(below(graph.input_size()))->mutable_type());
      break;
    case 2:
      if (graph.output_size() > 0)
        mutateType(
            *graph.mutable_output(below(graph.output_size()))->mutable_type());
      break;
    case 3:
      model.mutable_opset_import(0)->set_version(1 + below(25));
      break;
    case 4:
      if (graph.node_size() > 1)
        graph.mutable_node()->SwapElements(below(graph.node_size()),
                                           below(graph.node_size()));
      break;
    default:
      if (graph.node_size() > 0 && graph.input_size() > 0)
        mutateNode(graph);
      break;
    }
  }
  return model.SerializeAsString();
}
