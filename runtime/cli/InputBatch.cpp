// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Everything from a file is checked before it is written: shape, integrality, range of ids.

#include "runtime/cli/InputBatch.h"

#include "runtime/cli/Setup.h"
#include "runtime/core/Convert.h"
#include "runtime/core/Files.h"
#include "runtime/io/SafeTensors.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

namespace tern::rt {

static Result<std::map<std::string, InputTensor>> readSafeTensors(const std::string &path) {
  TERN_ASSIGN(SafeTensors file, SafeTensors::open(path));
  std::map<std::string, InputTensor> tensors;
  for (const StoredTensor &stored : file.tensors()) {
    if (!stored.dtype)
      continue; // of a type no entry has; asking for it says that it is missing
    InputTensor tensor{stored.shape, {}};
    std::span<const uint8_t> bytes = file.bytes(stored);
    uint64_t size = elementBytes(*stored.dtype);
    for (uint64_t i = 0; i + size <= bytes.size(); i += size)
      tensor.values.push_back(readElement(bytes.data() + i, *stored.dtype));
    tensors[stored.name] = std::move(tensor);
  }
  return tensors;
}

/// Splits "NAME=VALUE".
static Result<std::pair<std::string, std::string>> splitPair(const std::string &text, const char *flag) {
  size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size())
    return error(flag, " ", text, " is not NAME=VALUE");
  return std::pair(text.substr(0, equals), text.substr(equals + 1));
}

Result<InputBatch> InputBatch::open(const BatchFlags &flags) {
  InputBatch batch;
  batch.path = flags.input;
  if (flags.input.ends_with(".json")) {
    TERN_ASSIGN(std::string text, readFile(flags.input));
    TERN_ASSIGN(batch.tensors, parseJsonTensors(text, flags.input));
  } else if (!flags.input.empty()) {
    TERN_ASSIGN(batch.tensors, readSafeTensors(flags.input));
  }
  for (const std::string &text : flags.renames) {
    TERN_ASSIGN(auto pair, splitPair(text, "--rename"));
    auto found = batch.tensors.find(pair.second);
    if (found == batch.tensors.end())
      return error("--rename ", text, ": '", flags.input, "' has no tensor '", pair.second, "'");
    batch.tensors[pair.first] = found->second;
  }
  for (const std::string &text : flags.sets) {
    TERN_ASSIGN(auto pair, splitPair(text, "--set"));
    double value = 0;
    const char *end = pair.second.data() + pair.second.size();
    auto [stop, failure] = std::from_chars(pair.second.data(), end, value);
    if (failure != std::errc() || stop != end)
      return error("--set ", text, ": '", pair.second, "' is not a number");
    batch.constants[pair.first] = value;
  }
  return batch;
}

static void writeElement(uint8_t *target, uint32_t dtype, double value) {
  auto store = [&](auto element) { std::memcpy(target, &element, sizeof(element)); };
  switch (dtype) {
  case TERN_I32:
    return store(static_cast<int32_t>(value));
  case TERN_I64:
    return store(static_cast<int64_t>(value));
  case TERN_I8:
    return store(static_cast<int8_t>(value));
  case TERN_I1:
    return store(static_cast<uint8_t>(value != 0));
  default:
    const uint8_t *source = reinterpret_cast<const uint8_t *>(&value);
    convertElements({source, sizeof(value)}, TERN_F64, {target, elementBytes(dtype)}, dtype);
  }
}

Status InputBatch::setParameters(Session &session) const {
  std::map<const Parameter *, double> values;
  std::vector<const Parameter *> parameters;
  for (const auto &[name, value] : constants) {
    const Parameter *parameter = session.program().findParameter(name);
    bool isInput = false;
    for (const tern_entry &entry : session.program().entries())
      isInput |= findInput(entry, name) != nullptr;
    if (!parameter && !isInput)
      return error("--set ", name, ": the model has no parameter and no input of this name");
    if (!parameter)
      continue;
    values[parameter] = value;
    parameters.push_back(parameter);
  }
  return session.writeValues(parameters, [&](const Parameter &parameter, std::span<uint8_t> bytes) {
    uint64_t size = elementBytes(parameter.dtype);
    for (uint64_t i = 0; i < bytes.size(); i += size)
      writeElement(bytes.data() + i, parameter.dtype, values.at(&parameter));
  });
}

Result<const InputTensor *> InputBatch::find(const std::string &role) const {
  auto found = tensors.find(role);
  if (found != tensors.end())
    return &found->second;
  if (path.empty())
    return error("the input \"", role, "\" is missing; give --input FILE or --set ", role, "=VALUE");
  std::string names;
  for (const auto &[name, tensor] : tensors)
    names += (names.empty() ? "" : ", ") + name;
  return error("'", path, "' has no tensor \"", role, "\"; it has: ", names, "; see --rename");
}

Status InputBatch::check(const Session &session, const tern_tensor &target, const InputTensor &tensor) const {
  bool isFloat =
      target.dtype == TERN_F32 || target.dtype == TERN_F64 || target.dtype == TERN_BF16 || target.dtype == TERN_F16;
  if (isFloat)
    return success();
  std::string_view role = target.name;
  int64_t vocabulary = session.manifest().vocab;
  bool isId = role == "source" || role == "targets" || role.ends_with("tokens");
  for (double value : tensor.values) {
    if (value != std::floor(value) || std::abs(value) > 9e15)
      return error("\"", role, "\" takes whole numbers, found ", value);
    bool isIgnored = role == "targets" && value == -100;
    if (isId && !isIgnored && (value < 0 || (vocabulary > 0 && value >= static_cast<double>(vocabulary))))
      return error("\"", role, "\" holds ", value, ", which is no token id of a vocabulary of ", vocabulary);
    if (target.dtype != TERN_I64 && std::abs(value) > 2147483647.0)
      return error("\"", role, "\" holds ", value, ", which does not fit its type ", dtypeName(target.dtype));
  }
  return success();
}

Status InputBatch::fill(Session &session, const tern_entry &entry) const {
  for (const tern_tensor &target : inputs(entry)) {
    if (isRuntimeRole(target.name) || constants.count(target.name))
      continue;
    TERN_ASSIGN(const InputTensor *tensor, find(target.name));
    bool isScalar = target.rank == 0 && tensor->values.size() == 1;
    if (!isScalar && !std::ranges::equal(tensor->shape, shapeOf(target)))
      return error("\"", target.name, "\" has shape ", shapeText(tensor->shape), ", the program takes ",
                   shapeText(shapeOf(target)), "; compile with other --batch and --seq, or reshape the file");
  }
  return fillRows(session, entry, 0);
}

Status InputBatch::fillRows(Session &session, const tern_entry &entry, int64_t first) const {
  for (const tern_tensor &target : inputs(entry)) {
    if (isRuntimeRole(target.name))
      continue;
    std::span<uint8_t> bytes = session.bytes(target);
    uint64_t size = elementBytes(target.dtype), count = bytes.size() / size;
    auto constant = constants.find(target.name);
    InputTensor filled;
    const InputTensor *tensor = &filled;
    uint64_t begin = 0;
    if (constant != constants.end()) {
      filled.values.assign(count, constant->second);
    } else {
      TERN_ASSIGN(tensor, find(target.name));
      uint64_t perRow = target.rank > 0 ? count / static_cast<uint64_t>(target.shape[0]) : count;
      begin = static_cast<uint64_t>(first) * perRow;
    }
    TERN_TRY(check(session, target, *tensor));
    for (uint64_t i = 0; i < count; ++i) {
      double value = begin + i < tensor->values.size() ? tensor->values[begin + i] : 0;
      writeElement(bytes.data() + i * size, target.dtype, value);
    }
  }
  return success();
}

Result<int64_t> InputBatch::rows(const tern_entry &entry) const {
  int64_t rows = -1;
  for (const tern_tensor &target : inputs(entry)) {
    if (isRuntimeRole(target.name) || constants.count(target.name))
      continue;
    TERN_ASSIGN(const InputTensor *tensor, find(target.name));
    std::span<const int64_t> shape = shapeOf(target);
    bool fits = !shape.empty() && tensor->shape.size() == shape.size() &&
                std::equal(shape.begin() + 1, shape.end(), tensor->shape.begin() + 1);
    if (!fits)
      return error("\"", target.name, "\" has shape ", shapeText(tensor->shape), ", the program takes rows of ",
                   shapeText(shape), "; compile with another --seq, or reshape the file");
    if (rows >= 0 && rows != tensor->shape[0])
      return error("\"", target.name, "\" has ", tensor->shape[0], " rows, another input has ", rows);
    rows = tensor->shape[0];
  }
  return rows < 0 ? int64_t(1) : rows;
}

std::string InputBatch::fingerprint() const {
  std::string all;
  for (const auto &[name, tensor] : tensors) {
    all += name + shapeText(tensor.shape);
    all.append(reinterpret_cast<const char *>(tensor.values.data()), tensor.values.size() * sizeof(double));
  }
  for (const auto &[name, value] : constants)
    all += name + std::to_string(value);
  return "batch-" + tern::rt::fingerprint(all);
}

} // namespace tern::rt
