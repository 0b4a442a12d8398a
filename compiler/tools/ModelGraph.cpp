// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Nodes in the order of the text; a node with a body holds the nodes inside of it.

#include "compiler/tools/ModelGraph.h"

#include "dialects/tern/Tern.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;
using namespace tern;

static func::FuncOp mainFunction(ModuleOp module, StringRef name = "forward") {
  if (auto named = module.lookupSymbol<func::FuncOp>(name); named && !named.isExternal())
    return named;
  for (auto function : module.getOps<func::FuncOp>())
    if (!function.isExternal())
      return function;
  return nullptr;
}

// tensor<4x64x768xf32> -> 4x64x768 f32; a scalar is its element type.
static std::string shapeText(Type type) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor) {
    stream << type;
    return text;
  }
  for (auto [index, size] : llvm::enumerate(tensor.getShape())) {
    stream << (index ? "\u00d7" : "");
    if (ShapedType::isDynamic(size))
      stream << "?";
    else
      stream << size;
  }
  stream << (tensor.getRank() ? " " : "") << tensor.getElementType();
  return text;
}

static std::string roleOf(BlockArgument argument) {
  if (auto function = dyn_cast<func::FuncOp>(argument.getOwner()->getParentOp()))
    if (auto role = function.getArgAttrOfType<StringAttr>(argument.getArgNumber(), "tern.role"))
      return role.str();
  return "";
}

ModelGraph::ModelGraph(ModuleOp model, const Origins &origins) : origins(origins) {
  func::FuncOp main = mainFunction(model);
  if (!main)
    return;
  function = main.getSymName().str();
  ValueNodes values;
  addArguments(main.front(), values, top, {});
  addBlock(main.front(), values, top);
}

unsigned ModelGraph::add(std::string name, std::string label, Type type, int op) {
  Node &node = nodes.emplace_back();
  node.name = std::move(name);
  node.label = std::move(label);
  node.type = type ? shapeText(type) : "";
  node.op = op;
  return nodes.size() - 1;
}

void ModelGraph::addArguments(Block &block, ValueNodes &values, std::vector<unsigned> &into, ValueRange starts) {
  unsigned skipped = block.getNumArguments() - (starts.empty() ? block.getNumArguments() : starts.size());
  for (BlockArgument argument : block.getArguments()) {
    if (!starts.empty() && argument.getArgNumber() < skipped)
      continue; // the layer number
    unsigned node = add("input", roleOf(argument), argument.getType(), -1);
    values[argument] = node;
    into.push_back(node);
  }
}

void ModelGraph::addBlock(Block &block, ValueNodes &values, std::vector<unsigned> &into) {
  for (Operation &op : block) {
    int origin = origins.at(op.getLoc()) ? int(*origins.at(op.getLoc())) : -1;
    std::string label = origin < 0 ? "" : origins.ops()[origin].symbol;
    Type type = op.getNumResults() ? op.getResult(0).getType() : nullptr;
    unsigned index = add(op.getName().getStringRef().str(), label, type, origin);
    for (Value operand : op.getOperands())
      if (auto source = values.find(operand); source != values.end())
        nodes[index].inputs.push_back(source->second);
    for (Value result : op.getResults())
      values[result] = index;
    if (origin >= 0)
      nodeOfOp.try_emplace(origin, index);
    into.push_back(index);
    if (op.getNumRegions() == 0 || op.getRegion(0).empty())
      continue;
    std::vector<unsigned> body;
    SmallVector<Value> starts(op.getOperands());
    if (auto loop = dyn_cast<Iterative>(op)) // lengths of a scan are not seen in its body
      starts.truncate(loop.getInits().size() + loop.getStacked().size());
    addArguments(op.getRegion(0).front(), values, body, starts);
    addBlock(op.getRegion(0).front(), values, body);
    nodes[index].body = std::move(body);
    nodes[index].hasBody = true;
  }
}

// The function's argument that a value is, or is a layer's slice of.
static BlockArgument parameterOf(Value value) {
  auto argument = dyn_cast<BlockArgument>(value);
  if (!argument)
    return nullptr;
  auto layers = dyn_cast<LayersOp>(argument.getOwner()->getParentOp());
  if (!layers)
    return argument;
  for (auto [slice, stacked] : llvm::zip_equal(layers.getSliceArguments(), layers.getStacked()))
    if (slice == argument)
      return parameterOf(stacked);
  return nullptr;
}

void ModelGraph::specialize(ModuleOp module) {
  func::FuncOp main = mainFunction(module, function);
  if (!main)
    return;
  main.walk([&](Operation *op) {
    std::optional<unsigned> origin = origins.at(op->getLoc());
    auto place = origin ? nodeOfOp.find(*origin) : nodeOfOp.end();
    if (place == nodeOfOp.end() || nodes[place->second].name != op->getName().getStringRef())
      return;
    Node &node = nodes[place->second];
    if (op->getNumResults())
      node.type = shapeText(op->getResult(0).getType());
    if (auto loop = dyn_cast<Iterative>(op))
      node.repeat = loop.getTripCount();
    for (Value operand : op->getOperands()) {
      BlockArgument argument = op->getNumRegions() ? nullptr : parameterOf(operand);
      if (!argument)
        continue;
      if (auto parameter = main.getArgAttrOfType<ParameterAttr>(argument.getArgNumber(), "tern.parameter"))
        node.params.push_back({parameter.getName().str(), shapeText(operand.getType())});
    }
  });
  unsigned next = 0; // inputs of the function come first, in their order
  for (unsigned index : top)
    if (nodes[index].name == "input" && next < main.getNumArguments())
      nodes[index].type = shapeText(main.getArgument(next++).getType());
}

llvm::json::Value ModelGraph::jsonOf(unsigned index) const {
  const Node &node = nodes[index];
  llvm::json::Array params;
  for (const Param &param : node.params)
    params.push_back(llvm::json::Array{param.name, param.type});
  llvm::json::Object object{{"id", index},
                            {"op", node.op},
                            {"name", node.name},
                            {"label", node.label},
                            {"type", node.type},
                            {"inputs", llvm::json::Array(node.inputs)},
                            {"params", std::move(params)}};
  if (node.hasBody) {
    llvm::json::Array body;
    for (unsigned inner : node.body)
      body.push_back(jsonOf(inner));
    object["body"] = std::move(body);
    object["repeat"] = node.repeat;
  }
  return object;
}

llvm::json::Value ModelGraph::json() const {
  llvm::json::Array all;
  for (unsigned index : top)
    all.push_back(jsonOf(index));
  return llvm::json::Object{{"function", function}, {"nodes", std::move(all)}};
}
