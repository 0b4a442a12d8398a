// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Checks a manifest once, so that everything after it may trust names, sizes and offsets.

#include "runtime/core/Program.h"

#include <algorithm>

namespace tern::rt {

namespace {

struct TypeFact {
  const char *name;
  uint64_t bytes;
};

constexpr TypeFact typeFacts[] = {{"f32", 4}, {"f64", 8}, {"bf16", 2}, {"f16", 2},
                                  {"i32", 4}, {"i64", 8}, {"i8", 1},   {"i1", 1}};

// [offset, offset + bytes) lies in the arena and is aligned to its elements.
bool liesIn(uint64_t arena, uint64_t offset, uint64_t bytes, uint64_t alignment) {
  return offset <= arena && bytes <= arena - offset && offset % alignment == 0;
}

Status checkTensorType(std::string_view what, uint32_t dtype, uint32_t rank) {
  if (dtype >= std::size(typeFacts))
    return error("the program is damaged: ", what, " has unknown element type ", dtype, "; compile it again");
  if (rank > TERN_MAX_RANK)
    return error("the program is damaged: ", what, " has rank ", rank, ", more than ", TERN_MAX_RANK,
                 "; compile it again");
  return success();
}

Status checkTensor(const tern_manifest &manifest, const tern_entry &entry, const tern_tensor &tensor) {
  if (!tensor.name)
    return error("the program is damaged: entry '", entry.name, "' has a tensor without a name; compile it again");
  std::string what = "tensor '" + std::string(tensor.name) + "' of entry '" + entry.name + "'";
  TERN_TRY(checkTensorType(what, tensor.dtype, tensor.rank));
  uint64_t element = elementBytes(tensor.dtype);
  std::optional<uint64_t> bytes = checkedBytes(shapeOf(tensor), element);
  if (!bytes || *bytes != tensor.bytes)
    return error("the program is damaged: ", what, " of shape ", shapeText(shapeOf(tensor)), " claims ", tensor.bytes,
                 " bytes; compile it again");
  if (!liesIn(manifest.memory.arena, tensor.offset, tensor.bytes, element))
    return error("the program is damaged: ", what, " lies outside the arena or is misaligned; compile it again");
  return success();
}

// Costs are added up over calls; whatever a damaged program says, the sums are numbers.
Status checkRegion(const tern_entry &entry, const tern_region &region) {
  if (!region.kernel || !region.shape || !region.location)
    return error("the program is damaged: a region of entry '", entry.name, "' has no name; compile it again");
  if (region.dtype >= std::size(typeFacts))
    return error("the program is damaged: region '", region.kernel, "' of entry '", entry.name,
                 "' has unknown element type ", region.dtype, "; compile it again");
  uint64_t product = 0;
  for (uint64_t cost : {region.flops, region.read, region.written})
    if (__builtin_mul_overflow(cost, region.calls, &product))
      return error("the program is damaged: region '", region.kernel, "' of entry '", entry.name,
                   "' claims impossible costs; compile it again");
  return success();
}

Status checkEntry(const tern_manifest &manifest, const tern_entry &entry) {
  if (!entry.name || !entry.run)
    return error("the program is damaged: an entry has no name or no code; compile it again");
  if ((entry.input_count && !entry.inputs) || (entry.output_count && !entry.outputs))
    return error("the program is damaged: entry '", entry.name, "' has no tensor table; compile it again");
  if (entry.region_count && !entry.regions)
    return error("the program is damaged: entry '", entry.name, "' has no region table; compile it again");
  for (const tern_region &region : regions(entry))
    TERN_TRY(checkRegion(entry, region));
  for (const tern_tensor &tensor : inputs(entry))
    TERN_TRY(checkTensor(manifest, entry, tensor));
  for (const tern_tensor &tensor : outputs(entry))
    TERN_TRY(checkTensor(manifest, entry, tensor));
  return success();
}

Status checkHeader(const tern_manifest &manifest) {
  if (manifest.magic != TERN_ABI_MAGIC)
    return error("this is not a Tern program: its manifest starts with ", manifest.magic);
  if (manifest.version != TERN_ABI_VERSION)
    return error("the program has manifest version ", manifest.version, ", this runtime reads ", TERN_ABI_VERSION,
                 "; compile the model again with the ternc of this runtime");
  if (manifest.manifest_bytes != sizeof(tern_manifest) || manifest.param_bytes != sizeof(tern_param) ||
      manifest.entry_bytes != sizeof(tern_entry) || manifest.tensor_bytes != sizeof(tern_tensor))
    return error("the program was written by a ternc with other structure sizes; compile the model again");
  bool hasTables = (manifest.params || !manifest.param_count) && (manifest.entries || !manifest.entry_count) &&
                   (manifest.state_names || !manifest.state_count);
  if (!hasTables || manifest.state_count > TERN_MAX_STATES)
    return error("the program is damaged: a table of its manifest is missing; compile it again");
  if (manifest.memory.scratch_per_thread % 64)
    return error("the program is damaged: scratch per thread is ", manifest.memory.scratch_per_thread,
                 " bytes, not a multiple of 64; compile it again");
  for (const char *text : {manifest.model, manifest.objective, manifest.tokenizer, manifest.optimizer,
                           manifest.precision, manifest.isa, manifest.compiler, manifest.source_hash})
    if (!text)
      return error("the program is damaged: a text of its manifest is missing; compile it again");
  for (const char *name : std::span(manifest.state_names, manifest.state_count))
    if (!name)
      return error("the program is damaged: a state of its manifest has no name; compile it again");
  return success();
}

std::string layerName(std::string name, uint32_t layer) {
  if (size_t at = name.find("{i}"); at != std::string::npos)
    name.replace(at, 3, std::to_string(layer));
  return name;
}

// All copies of one stacked tensor lie in the arena.
bool stackLiesIn(const tern_manifest &manifest, const tern_param &param, uint64_t base, uint64_t stride, uint64_t bytes) {
  uint64_t last = param.layers > 1 ? param.layers - 1 : 0, extent = 0;
  if (__builtin_mul_overflow(last, stride, &extent) || __builtin_add_overflow(extent, bytes, &extent))
    return false;
  uint64_t element = elementBytes(param.dtype);
  return stride % element == 0 && liesIn(manifest.memory.arena, base, extent, element);
}

// The dimension that a state lacks, counted from the end; 0 for none.
uint32_t missingDimension(const tern_manifest &manifest, unsigned state) {
  return manifest.state_shapes ? manifest.state_shapes[state] : 0;
}

std::vector<int64_t> stateShape(const tern_manifest &manifest, const tern_param &param, unsigned state) {
  std::vector<int64_t> shape(param.shape, param.shape + param.rank);
  if (uint32_t missing = missingDimension(manifest, state))
    shape.erase(shape.end() - missing);
  return shape;
}

bool stateLiesIn(const tern_manifest &manifest, const tern_param &param, unsigned state) {
  if (param.state[state] == TERN_NONE)
    return true;
  if (missingDimension(manifest, state) > std::min(2u, param.rank))
    return false;
  std::vector<int64_t> shape = stateShape(manifest, param, state);
  std::optional<uint64_t> bytes = checkedBytes(shape, elementBytes(param.dtype));
  return bytes && stackLiesIn(manifest, param, param.state[state], param.state_stride[state], *bytes);
}

// A packed parameter is written into an input of the entry that packs it.
Status checkLoad(const tern_manifest &manifest, const tern_param &param, std::string_view what) {
  if (param.load > manifest.entry_count)
    return error("the program is damaged: ", what, " has no entry that loads it; compile it again");
  const tern_entry &entry = manifest.entries[param.load - 1];
  const tern_tensor *value = findInput(entry, "value"), *layer = findInput(entry, "layer");
  bool fits = value && layer && layer->dtype == TERN_I64 && layer->bytes == sizeof(int64_t) && value->dtype == param.dtype &&
              param.offset >= value->offset && param.offset - value->offset <= value->bytes &&
              param.bytes <= value->bytes - (param.offset - value->offset);
  if (!fits || param.layer_stride || param.gradient != TERN_NONE)
    return error("the program is damaged: ", what, " does not fit the entry that loads it; compile it again");
  return success();
}

Status checkParam(const tern_manifest &manifest, const tern_param &param) {
  if (!param.name)
    return error("the program is damaged: a parameter has no name; compile it again");
  std::string what = "parameter '" + std::string(param.name) + "'";
  TERN_TRY(checkTensorType(what, param.dtype, param.rank));
  std::optional<uint64_t> bytes = checkedBytes({param.shape, param.rank}, elementBytes(param.dtype));
  if (!bytes || *bytes != param.bytes)
    return error("the program is damaged: ", what, " of shape ", shapeText({param.shape, param.rank}), " claims ",
                 param.bytes, " bytes; compile it again");
  if (param.load)
    TERN_TRY(checkLoad(manifest, param, what));
  bool layered = std::string_view(param.name).find("{i}") != std::string_view::npos;
  if (layered != (param.layers > 0))
    return error("the program is damaged: ", what, " has ", param.layers, " layers; compile it again");
  auto liesInside = [&](uint64_t base) { return stackLiesIn(manifest, param, base, param.layer_stride, param.bytes); };
  bool inside = liesInside(param.offset) && (param.gradient == TERN_NONE || liesInside(param.gradient));
  for (unsigned index = 0; index < manifest.state_count; ++index)
    inside &= stateLiesIn(manifest, param, index);
  if (!inside)
    return error("the program is damaged: ", what, " lies outside the arena or is misaligned; compile it again");
  return success();
}

Parameter expand(const tern_manifest &manifest, const tern_param &param, uint32_t layer) {
  uint64_t shift = layer * param.layer_stride;
  Parameter result{.name = layerName(param.name, param.first_layer + layer),
                   .dtype = param.dtype,
                   .shape = {param.shape, param.shape + param.rank},
                   .bytes = param.bytes,
                   .offset = param.offset + shift,
                   .gradient = param.gradient == TERN_NONE ? TERN_NONE : param.gradient + shift,
                   .state = {},
                   .stateShape = {},
                   .trainable = param.trainable != 0,
                   .load = param.load ? &manifest.entries[param.load - 1] : nullptr,
                   .layer = layer};
  result.state.fill(TERN_NONE);
  for (unsigned index = 0; index < manifest.state_count; ++index)
    if (param.state[index] != TERN_NONE) {
      result.state[index] = param.state[index] + layer * param.state_stride[index];
      result.stateShape[index] = stateShape(manifest, param, index);
    }
  return result;
}

template <typename Table>
auto *findNamed(Table table, std::string_view name) {
  auto found = std::ranges::find_if(table, [&](const auto &item) { return name == item.name; });
  return found == table.end() ? nullptr : &*found;
}

} // namespace

uint64_t elementBytes(uint32_t dtype) { return dtype < std::size(typeFacts) ? typeFacts[dtype].bytes : 0; }

std::string_view dtypeName(uint32_t dtype) { return dtype < std::size(typeFacts) ? typeFacts[dtype].name : "unknown"; }

std::string shapeText(std::span<const int64_t> shape) {
  std::string text = "(";
  for (int64_t extent : shape)
    text += (text.size() > 1 ? ", " : "") + std::to_string(extent);
  return text + ")";
}

std::optional<uint64_t> checkedBytes(std::span<const int64_t> shape, uint64_t elementBytes) {
  uint64_t product = elementBytes;
  for (int64_t extent : shape)
    if (extent < 0 || __builtin_mul_overflow(product, static_cast<uint64_t>(extent), &product))
      return std::nullopt;
  return product;
}

uint64_t Parameter::elements() const { return bytes / elementBytes(dtype); }

uint64_t Parameter::stateBytes(unsigned index) const {
  return checkedBytes(stateShape[index], elementBytes(dtype)).value_or(0); // checked when the program was opened
}

Result<Program> Program::create(const tern_manifest &manifest) {
  TERN_TRY(checkHeader(manifest));
  Program program;
  program.source = &manifest;
  for (const tern_entry &entry : program.entries())
    TERN_TRY(checkEntry(manifest, entry));
  for (const tern_param &param : std::span(manifest.params, manifest.param_count)) {
    TERN_TRY(checkParam(manifest, param));
    for (uint32_t layer = 0; layer < std::max(param.layers, 1u); ++layer)
      program.expanded.push_back(expand(manifest, param, layer));
  }
  for (size_t index = 0; index < program.expanded.size(); ++index)
    if (!program.byName.emplace(program.expanded[index].name, index).second)
      return error("the program is damaged: two parameters are named '", program.expanded[index].name,
                   "'; compile it again");
  return program;
}

bool isRuntimeRole(std::string_view role) {
  static constexpr std::string_view roles[] = {"seed", "step", "microbatch", "accumulate"};
  return std::ranges::find(roles, role) != std::end(roles);
}

const Parameter *Program::findParameter(std::string_view name) const {
  auto found = byName.find(name);
  return found == byName.end() ? nullptr : &expanded[found->second];
}

uint64_t Program::parameterElements() const {
  uint64_t sum = 0;
  for (const Parameter &parameter : expanded)
    sum += parameter.elements();
  return sum;
}

const tern_entry *Program::findEntry(std::string_view name) const { return findNamed(entries(), name); }

Result<const tern_entry *> Program::entry(std::string_view name) const {
  if (const tern_entry *found = findEntry(name))
    return found;
  std::string present;
  for (const tern_entry &entry : entries())
    present += (present.empty() ? "" : ", ") + std::string(entry.name);
  bool trains = name == "loss" || name == "grad" || name == "update";
  return error("this program has no entry '", name, "' (it has: ", present.empty() ? "none" : present, ")",
               trains ? "; compile the model with ternc --objective=causal-lm (or give it a @loss)" : "");
}

const tern_tensor *findInput(const tern_entry &entry, std::string_view role) { return findNamed(inputs(entry), role); }

const tern_tensor *findOutput(const tern_entry &entry, std::string_view role) {
  return findNamed(outputs(entry), role);
}

} // namespace tern::rt
