// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Memory and threads of one program, and checked access to the tensors of its entries.

#include "runtime/core/Session.h"

#include "runtime/core/Convert.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace tern::rt {

Session::Session(Program view, Arena arena, Arena scratch, std::unique_ptr<ThreadPool> pool)
    : view(std::move(view)), arena(std::move(arena)), scratch(std::move(scratch)), pool(std::move(pool)) {
  context.arena = this->arena.data();
  context.scratch = this->scratch.data();
}

Result<std::unique_ptr<Session>> Session::create(const tern_manifest &manifest, unsigned threads) {
  TERN_ASSIGN(Program program, Program::create(manifest));
  TERN_ASSIGN(auto pool, ThreadPool::create(threads ? threads : ThreadPool::defaultThreads()));
  TERN_ASSIGN(Arena arena, Arena::create(manifest.memory.arena));
  uint64_t scratchBytes = 0;
  if (__builtin_mul_overflow(manifest.memory.scratch_per_thread, uint64_t(pool->threads()), &scratchBytes))
    return error("the program is damaged: impossible scratch size; compile it again");
  TERN_ASSIGN(Arena scratch, Arena::create(scratchBytes));
  return std::unique_ptr<Session>(
      new Session(std::move(program), std::move(arena), std::move(scratch), std::move(pool)));
}

Status Session::call(const tern_entry &entry, RegionClock *clock) {
  if (int32_t status = pool->run(entry.run, context, clock))
    return error("entry '", entry.name, "' of the program failed with status ", status);
  return success();
}

Status Session::call(std::string_view name) {
  TERN_ASSIGN(const tern_entry *entry, view.entry(name));
  return call(*entry);
}

std::span<uint8_t> Session::bytes(const tern_tensor &tensor) { return bytes(tensor.offset, tensor.bytes); }

std::span<uint8_t> Session::bytes(uint64_t offset, uint64_t count) {
  if (offset > arena.size() || count > arena.size() - offset)
    return {};
  return {arena.data() + offset, count};
}

std::span<const uint8_t> Session::bytes(uint64_t offset, uint64_t count) const {
  return const_cast<Session *>(this)->bytes(offset, count);
}

std::span<uint8_t> Session::gradient(const Parameter &parameter) {
  return parameter.gradient == TERN_NONE ? std::span<uint8_t>() : bytes(parameter.gradient, parameter.bytes);
}

std::span<uint8_t> Session::state(const Parameter &parameter, unsigned index) {
  bool absent = index >= TERN_MAX_STATES || parameter.state[index] == TERN_NONE;
  return absent ? std::span<uint8_t>() : bytes(parameter.state[index], parameter.stateBytes(index));
}

Status Session::writeValues(std::span<const Parameter *const> parameters,
                            const std::function<void(const Parameter &, std::span<uint8_t>)> &write) {
  // Parts that share a layer are written together, whatever their order.
  std::map<std::pair<const tern_entry *, uint32_t>, std::vector<const Parameter *>> layers;
  for (const Parameter *parameter : parameters) {
    if (parameter->load)
      layers[{parameter->load, parameter->layer}].push_back(parameter);
    else
      write(*parameter, value(*parameter));
  }
  for (const auto &[place, parts] : layers)
    for (const Parameter &other : view.parameters())
      if (other.load == place.first && other.layer == place.second && std::ranges::find(parts, &other) == parts.end())
        return error("'", parts.front()->name, "' is packed together with '", other.name,
                     "': set both, or compile with ternc --layouts=none");
  for (const auto &[place, parts] : layers) {
    for (const Parameter *parameter : parts)
      write(*parameter, value(*parameter));
    TERN_TRY(setScalar(*place.first, "layer", int64_t(place.second)));
    TERN_TRY(call(*place.first));
  }
  return success();
}

static Result<const tern_tensor *> findRole(const tern_entry &entry, std::string_view role, bool isInput) {
  if (const tern_tensor *tensor = isInput ? findInput(entry, role) : findOutput(entry, role))
    return tensor;
  std::string present;
  for (const tern_tensor &tensor : isInput ? inputs(entry) : outputs(entry))
    present += (present.empty() ? "" : ", ") + std::string(tensor.name);
  return error("entry '", entry.name, "' has no ", isInput ? "input" : "output", " '", role,
               "' (it has: ", present.empty() ? "none" : present, ")");
}

Result<const tern_tensor *> Session::find(const tern_entry &entry, std::string_view role, bool isInput,
                                          uint32_t dtype) const {
  TERN_ASSIGN(const tern_tensor *tensor, findRole(entry, role, isInput));
  if (tensor->dtype != dtype)
    return error("'", role, "' of entry '", entry.name, "' has elements of type ", dtypeName(tensor->dtype), ", not ",
                 dtypeName(dtype));
  return tensor;
}

Result<const tern_tensor *> Session::findScalar(const tern_entry &entry, std::string_view role, bool isInput) const {
  TERN_ASSIGN(const tern_tensor *tensor, findRole(entry, role, isInput));
  if (tensor->bytes != elementBytes(tensor->dtype))
    return error("'", role, "' of entry '", entry.name, "' has shape ", shapeText(shapeOf(*tensor)),
                 ", but a scalar was expected");
  return tensor;
}

// The range of an integer type; i1 holds 0 and 1.
static bool fits(int64_t value, uint32_t dtype) {
  switch (dtype) {
  case TERN_I64:
    return true;
  case TERN_I32:
    return value >= INT32_MIN && value <= INT32_MAX;
  case TERN_I8:
    return value >= INT8_MIN && value <= INT8_MAX;
  case TERN_I1:
    return value == 0 || value == 1;
  default:
    return false;
  }
}

static bool isFloating(uint32_t dtype) { return dtype <= TERN_F16; }

Status Session::setScalar(const tern_entry &entry, std::string_view role, int64_t value) {
  TERN_ASSIGN(const tern_tensor *tensor, findScalar(entry, role, /*isInput=*/true));
  if (isFloating(tensor->dtype))
    return setScalar(entry, role, static_cast<double>(value));
  if (!fits(value, tensor->dtype))
    return error(value, " does not fit '", role, "' of entry '", entry.name, "', which is ", dtypeName(tensor->dtype));
  // Little endian: the low bytes of a value that fits are the narrow value.
  std::memcpy(bytes(*tensor).data(), &value, tensor->bytes);
  return success();
}

Status Session::setScalar(const tern_entry &entry, std::string_view role, double value) {
  TERN_ASSIGN(const tern_tensor *tensor, findScalar(entry, role, /*isInput=*/true));
  if (!isFloating(tensor->dtype)) {
    if (value != std::floor(value) || std::abs(value) >= 0x1p63)
      return error(value, " does not fit '", role, "' of entry '", entry.name, "', which is ",
                   dtypeName(tensor->dtype));
    return setScalar(entry, role, static_cast<int64_t>(value));
  }
  std::span<const uint8_t> source(reinterpret_cast<const uint8_t *>(&value), sizeof(value));
  convertElements(source, TERN_F64, bytes(*tensor), tensor->dtype);
  return success();
}

Status Session::setOptionalScalar(const tern_entry &entry, std::string_view role, double value) {
  return findInput(entry, role) ? setScalar(entry, role, value) : success();
}

Status Session::setOptionalScalar(const tern_entry &entry, std::string_view role, int64_t value) {
  return findInput(entry, role) ? setScalar(entry, role, value) : success();
}

Result<double> Session::scalar(const tern_entry &entry, std::string_view role) {
  TERN_ASSIGN(const tern_tensor *tensor, findScalar(entry, role, /*isInput=*/false));
  return readElement(bytes(*tensor).data(), tensor->dtype);
}

} // namespace tern::rt
