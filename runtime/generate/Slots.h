// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The sequences that a program works on: each has a slot of the caches. Tokens are appended in chunks ("prefill") or one at a
// time for several sequences at once ("decode"); with an encoder each is told from a source. Knows ids and logits, no sampling.

#ifndef TERN_RUNTIME_GENERATE_SLOTS_H
#define TERN_RUNTIME_GENERATE_SLOTS_H

#include "runtime/generate/Sources.h"

#include <span>
#include <vector>

namespace tern::rt {

class Slots {
public:
  /// Whether the program has the entries.
  static bool isIn(const Program &program);
  static Result<Slots> create(Session &session);

  int64_t count() const { return static_cast<int64_t>(lengths.size()); }
  /// Tokens that a sequence may have.
  int64_t context() const { return positions; }
  /// Width of a row of logits.
  int64_t vocabulary() const { return width; }
  /// The type of the logits.
  uint32_t dtype() const { return stepLogits->dtype; }
  /// Tokens of a sequence that the caches hold.
  int64_t length(int64_t slot) const { return lengths[static_cast<size_t>(slot)]; }

  /// Forgets all but the first tokens of a sequence; all of them where the program carries a state that cannot go back. Returns
  /// how many are left.
  int64_t truncate(int64_t slot, int64_t length);

  /// What the sequence is to be told from, where the program has an encoder. Forgets its tokens.
  Status setSource(int64_t slot, std::span<const int32_t> source, int32_t padding);

  /// The sequence `to` becomes what the sequence `from` is. `to` of a program with one slot is that one.
  Status fork(int64_t from, int64_t to);

  /// Appends tokens (at least one) to a sequence. Returns the logits that follow them, until the next call.
  Result<std::span<const uint8_t>> append(int64_t slot, std::span<const int32_t> tokens);

  /// Appends one token to every sequence but those where it is `idle`. Row s of the logits belongs to slot s.
  static constexpr int32_t idle = -1;
  Result<std::span<const uint8_t>> step(std::span<const int32_t> tokens);

private:
  Slots() = default;
  Status checkRoom(int64_t slot, int64_t count) const;
  Status appendChunk(int64_t slot, std::span<const int32_t> tokens);

  Session *session = nullptr;
  const tern_entry *prefill = nullptr, *decode = nullptr, *encode = nullptr; // encode: null where there is no encoder
  const tern_tensor *chunkLogits = nullptr, *stepLogits = nullptr;
  int64_t chunk = 0, positions = 0, width = 0;
  std::vector<int64_t> lengths; // by slot
  Sources sources{0};
};

} // namespace tern::rt

#endif // TERN_RUNTIME_GENERATE_SLOTS_H
