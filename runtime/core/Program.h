// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A checked C++ view over the manifest of a compiled program: parameters expanded to one entry per layer, entries and
// their inputs and outputs found by name. Holds no tensor memory (see Session.h).

#ifndef TERN_RUNTIME_CORE_PROGRAM_H
#define TERN_RUNTIME_CORE_PROGRAM_H

#include "runtime/abi/tern.h"
#include "runtime/core/Result.h"

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tern::rt {

// Bytes of one element; 0 for an unknown type.
uint64_t elementBytes(uint32_t dtype);
// "f32", "bf16", "i64", ...
std::string_view dtypeName(uint32_t dtype);
// "(4, 64, 768)"; "()" for a scalar.
std::string shapeText(std::span<const int64_t> shape);
// Product of the extents times `elementBytes`, or nothing on overflow or a negative extent.
std::optional<uint64_t> checkedBytes(std::span<const int64_t> shape, uint64_t elementBytes);

// One parameter tensor of one layer, under its checkpoint name ("h.3.ln_1.weight"). Offsets are into the arena.
struct Parameter {
  std::string name;
  uint32_t dtype;
  std::vector<int64_t> shape;
  uint64_t bytes;
  uint64_t offset;
  uint64_t gradient;                           // TERN_NONE when not trained
  std::array<uint64_t, TERN_MAX_STATES> state; // in the order of manifest().state_names; TERN_NONE when absent
  std::array<std::vector<int64_t>, TERN_MAX_STATES> stateShape;
  bool trainable;
  const tern_entry *load; // packs a layer of it, whose canonical bytes lie at `offset` for that time; null where it lies as in files
  uint32_t layer;         // counts from 0

  uint64_t elements() const;
  uint64_t stateBytes(unsigned index) const;
};

class Program {
public:
  // Refuses a manifest of another version, with impossible sizes, or with anything outside its arena.
  static Result<Program> create(const tern_manifest &manifest);

  const tern_manifest &manifest() const { return *source; }
  std::span<const Parameter> parameters() const { return expanded; }
  const Parameter *findParameter(std::string_view name) const; // null when absent
  uint64_t parameterElements() const;                          // sum over all parameters

  std::span<const tern_entry> entries() const { return {source->entries, source->entry_count}; }
  const tern_entry *findEntry(std::string_view name) const; // null when absent
  // As findEntry, but absence is an error that lists what the program has and which option of ternc adds it.
  Result<const tern_entry *> entry(std::string_view name) const;

private:
  const tern_manifest *source = nullptr;
  std::vector<Parameter> expanded;
  std::map<std::string, size_t, std::less<>> byName;
};

// Whether an input is set by the runtime itself (seed, step, microbatch, accumulate), not from data.
bool isRuntimeRole(std::string_view role);
inline std::span<const tern_tensor> inputs(const tern_entry &entry) { return {entry.inputs, entry.input_count}; }
inline std::span<const tern_tensor> outputs(const tern_entry &entry) { return {entry.outputs, entry.output_count}; }
inline std::span<const tern_region> regions(const tern_entry &entry) { return {entry.regions, entry.region_count}; }
inline std::span<const int64_t> shapeOf(const tern_tensor &tensor) { return {tensor.shape, tensor.rank}; }

// By role; null when absent.
const tern_tensor *findInput(const tern_entry &entry, std::string_view role);
const tern_tensor *findOutput(const tern_entry &entry, std::string_view role);

} // namespace tern::rt

#endif // TERN_RUNTIME_CORE_PROGRAM_H
