// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Binding comes first and only collects: pairs to copy, notes, problems. Copying starts when there are no problems.

#include "runtime/io/Weights.h"

#include "runtime/core/Convert.h"
#include "runtime/io/TensorSource.h"
#include "runtime/io/names/Names.h"

#include <algorithm>

namespace tern::rt {

namespace {

// A tensor of the session that a file section holds or should hold, under its name in the file.
struct Slot {
  std::string name;
  const Parameter *parameter;
  std::vector<int64_t> shape;
  std::span<uint8_t> bytes;
};

std::vector<Slot> slotsOf(Section section, Session &session) {
  std::vector<Slot> slots;
  const tern_manifest &manifest = session.manifest();
  auto add = [&](std::string name, const Parameter &parameter, uint64_t offset) {
    if (offset != TERN_NONE)
      slots.push_back({std::move(name), &parameter, parameter.shape, session.bytes(offset, parameter.bytes)});
  };
  auto addState = [&](std::string name, const Parameter &parameter, unsigned index) {
    if (parameter.state[index] != TERN_NONE)
      slots.push_back({std::move(name), &parameter, parameter.stateShape[index], session.state(parameter, index)});
  };
  std::optional<unsigned> average = averageState(manifest);
  for (const Parameter &parameter : session.program().parameters()) {
    if (section == Section::Values)
      add(parameter.name, parameter, parameter.offset);
    if (section == Section::Gradients)
      add(parameter.name, parameter, parameter.gradient);
    for (unsigned index = 0; section == Section::States && index < manifest.state_count; ++index)
      addState(manifest.state_names[index] + ("/" + parameter.name), parameter, index);
    if (section == Section::Averages && average)
      parameter.trainable ? addState(parameter.name, parameter, *average) : add(parameter.name, parameter, parameter.offset);
  }
  return slots;
}

// The matching of one checkpoint with the slots.
class Binding {
public:
  Binding(const TensorSource &file, std::vector<Slot> slots, Section section)
      : file(file), slots(std::move(slots)), isExact(section != Section::Values) {}

  Status bind();
  Status copy(Session &session);
  const std::vector<std::string> &notes() const { return noteLines; }

private:
  std::string key(std::string_view name) const { return std::string(isExact ? name : stripPrefix(name)); }
  void indexFile();
  void bindSlot(size_t index);
  void checkLeftover(const SourceTensor &tensor);
  bool isTiedCopy(const SourceTensor &tensor, const TiedCopy &copy) const;
  void problem(std::string text) { problems.push_back(std::move(text)); }
  void note(std::string text) { noteLines.push_back(std::move(text)); }

  const TensorSource &file;
  std::vector<Slot> slots;
  bool isExact; // gradients and states are our own files: names and types match as they are
  std::map<std::string, const SourceTensor *> stored; // by key
  std::vector<const SourceTensor *> source;           // per slot
  std::map<std::string, size_t> conversions;          // "BF16 to f32" -> tensors
  std::vector<std::string> problems, noteLines;
};

void Binding::indexFile() {
  for (const SourceTensor &tensor : file.tensors())
    if (auto [place, isNew] = stored.emplace(key(tensor.name), &tensor); !isNew)
      problem("two tensors mean the same parameter: '" + place->second->name + "' and '" + tensor.name + "'");
}

void Binding::bindSlot(size_t index) {
  const Slot &slot = slots[index];
  const Parameter &parameter = *slot.parameter;
  auto found = stored.find(key(slot.name));
  if (found == stored.end())
    return problem("missing: '" + slot.name + "' " + shapeText(slot.shape));
  const SourceTensor &tensor = *found->second;
  source[index] = &tensor;
  stored.erase(found);
  if (tensor.shape != slot.shape)
    return problem("wrong shape: '" + tensor.name + "' is " + shapeText(tensor.shape) + " in the file, " +
                   shapeText(slot.shape) + " in the program");
  bool fits =
      tensor.dtype && (isExact ? *tensor.dtype == parameter.dtype : isConvertible(*tensor.dtype, parameter.dtype));
  if (!fits)
    return problem("wrong type: '" + tensor.name + "' is " + tensor.type + " in the file, " +
                   std::string(dtypeName(parameter.dtype)) + " in the program");
  if (*tensor.dtype != parameter.dtype)
    ++conversions[tensor.type + " to " + std::string(dtypeName(parameter.dtype))];
}

bool Binding::isTiedCopy(const SourceTensor &tensor, const TiedCopy &copy) const {
  if (stripPrefix(tensor.name) != copy.name)
    return false;
  for (const SourceTensor &other : file.tensors())
    if (stripPrefix(other.name) == copy.original && other.type == tensor.type && other.shape == tensor.shape)
      return std::ranges::equal(other.bytes, tensor.bytes);
  return false;
}

void Binding::checkLeftover(const SourceTensor &tensor) {
  for (const NameTable &table : nameTables()) {
    for (const Buffer &buffer : table.buffers)
      if (!isExact && tensor.name.ends_with(buffer.suffix) && tensor.shape.size() == buffer.rank)
        return note("'" + tensor.name + "' is left out: " + std::string(buffer.reason));
    for (const TiedCopy &copy : table.tiedCopies)
      if (!isExact && isTiedCopy(tensor, copy))
        return note("'" + tensor.name + "' is left out: it repeats '" + std::string(copy.original) +
                    "', which the program ties");
  }
  problem("unknown: '" + tensor.name + "' " + shapeText(tensor.shape) + " is no parameter of the program");
}

Status Binding::bind() {
  indexFile();
  source.resize(slots.size());
  for (size_t index = 0; index < slots.size(); ++index)
    bindSlot(index);
  for (const auto &[name, tensor] : stored)
    checkLeftover(*tensor);
  for (const auto &[what, count] : conversions)
    note(std::to_string(count) + (count == 1 ? " tensor" : " tensors") + " converted from " + what);
  if (problems.empty())
    return success();
  std::string list;
  for (const std::string &text : problems)
    list += "\n  " + text;
  return error("'", file.path(), "' does not fit this program (", problems.size(),
               problems.size() == 1 ? " problem" : " problems", "); nothing was loaded:", list);
}

// Row r of a head is row 2r of its pairs in the first half, 2r + 1 in the second.
void convertPairs(const SourceTensor &tensor, std::span<uint8_t> target, uint32_t dtype) {
  size_t rows = static_cast<size_t>(tensor.shape[0]), head = rows / static_cast<size_t>(tensor.pairedHeads), half = head / 2;
  size_t from = tensor.bytes.size() / rows, to = target.size() / rows;
  for (size_t row = 0; row < rows; ++row) {
    size_t place = row % head, pair = place % half;
    size_t stored = row - place + 2 * pair + place / half;
    convertElements(tensor.bytes.subspan(stored * from, from), *tensor.dtype, target.subspan(row * to, to), dtype);
  }
}

void convertTensor(const SourceTensor &tensor, std::span<uint8_t> target, uint32_t dtype) {
  if (tensor.pairedHeads > 0)
    return convertPairs(tensor, target, dtype);
  convertElements(tensor.bytes, *tensor.dtype, target, dtype);
}

Status Binding::copy(Session &session) {
  auto convert = [&](size_t index, std::span<uint8_t> target) {
    convertTensor(*source[index], target, slots[index].parameter->dtype);
  };
  std::map<const Parameter *, size_t> packed; // slots that share the place where a layer is put
  std::vector<const Parameter *> parameters;
  for (size_t index = 0; index < slots.size(); ++index) {
    if (!slots[index].parameter->load) {
      convert(index, slots[index].bytes);
      continue;
    }
    packed[slots[index].parameter] = index;
    parameters.push_back(slots[index].parameter);
  }
  TERN_TRY(session.writeValues(parameters, [&](const Parameter &parameter, std::span<uint8_t> target) {
    convert(packed.at(&parameter), target);
  }));
  file.dropPages();
  return success();
}

} // namespace

std::optional<unsigned> averageState(const tern_manifest &manifest) {
  for (unsigned index = 0; index < manifest.state_count; ++index)
    if (manifest.state_names[index] == std::string_view("ema"))
      return index;
  return std::nullopt;
}

Status loadTensors(const std::string &path, Section section, Session &session, WeightNotes *notes) {
  TERN_ASSIGN(TensorSource file, TensorSource::open(path));
  Binding binding(file, slotsOf(section, session), section);
  TERN_TRY(binding.bind());
  TERN_TRY(binding.copy(session));
  if (notes)
    notes->lines.insert(notes->lines.end(), binding.notes().begin(), binding.notes().end());
  return success();
}

Status saveTensors(const std::string &path, Section section, Session &session,
                   const std::map<std::string, std::string> &annotations) {
  SafeTensorsWriter writer;
  for (const Parameter &parameter : session.program().parameters())
    if (section == Section::Values && parameter.load)
      return error("'", path, "' is not written: the program has packed '", parameter.name,
                   "' and keeps no copy as files hold it; compile with ternc --layouts=none");
  for (const auto &[key, value] : annotations)
    writer.annotate(key, value);
  for (const Slot &slot : slotsOf(section, session))
    TERN_TRY(writer.add(slot.name, slot.parameter->dtype, slot.shape, slot.bytes));
  return writer.write(path);
}

} // namespace tern::rt
