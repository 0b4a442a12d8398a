// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A model without caches needs no positions: inputs that an entry has not are not written.

#include "runtime/generate/Slots.h"

#include <algorithm>

namespace tern::rt {

static constexpr int32_t kPadding = 0;

bool Slots::isIn(const Program &program) { return program.findEntry("prefill") && program.findEntry("decode"); }

/// The logits (B, 1, V) of an entry that takes tokens (B, T).
static Result<const tern_tensor *> logitsOf(const tern_entry &entry) {
  const tern_tensor *tokens = findInput(entry, "tokens"), *logits = findOutput(entry, "logits");
  bool fits = tokens && logits && tokens->rank == 2 && tokens->dtype == TERN_I32 && logits->rank == 3 &&
              logits->shape[0] == tokens->shape[0] && logits->shape[1] == 1;
  if (!fits)
    return error("the program is damaged: entry '", entry.name, "' does not map \"tokens\" (B, T) to \"logits\" (B, 1, V)");
  return logits;
}

/// Inputs that nobody here writes would be those of an earlier call.
static Status checkInputs(const tern_entry &entry) {
  static constexpr std::string_view known[] = {"tokens", "position", "count", "slot", "source", "source_lengths"};
  for (const tern_tensor &tensor : inputs(entry))
    if (std::ranges::find(known, std::string_view(tensor.name)) == std::end(known))
      return error("the model reads \"", tensor.name, "\", which generation does not know; use `forward`");
  return success();
}

Result<Slots> Slots::create(Session &session) {
  Slots slots;
  slots.session = &session;
  slots.positions = session.manifest().context;
  TERN_ASSIGN(slots.prefill, session.program().entry("prefill"));
  TERN_ASSIGN(slots.decode, session.program().entry("decode"));
  slots.encode = session.program().findEntry("encode");
  for (const tern_entry *entry : {slots.prefill, slots.decode, slots.encode})
    if (entry)
      TERN_TRY(checkInputs(*entry));
  TERN_ASSIGN(slots.chunkLogits, logitsOf(*slots.prefill));
  TERN_ASSIGN(slots.stepLogits, logitsOf(*slots.decode));
  slots.chunk = findInput(*slots.prefill, "tokens")->shape[1];
  slots.width = slots.stepLogits->shape[2];
  bool isOneSequence = slots.chunkLogits->shape[0] == 1 && slots.chunkLogits->shape[2] == slots.width &&
                       slots.chunkLogits->dtype == slots.stepLogits->dtype;
  if (!isOneSequence || slots.positions < 1)
    return error("the program is damaged: its entries prefill and decode do not belong together; compile it again");
  slots.lengths.assign(static_cast<size_t>(slots.stepLogits->shape[0]), 0);
  slots.sources = Sources(slots.lengths.size());
  return slots;
}

int64_t Slots::truncate(int64_t slot, int64_t length) {
  int64_t &own = lengths[static_cast<size_t>(slot)];
  if (length < own)
    own = decode->carries ? 0 : length;
  return own;
}

Status Slots::setSource(int64_t slot, std::span<const int32_t> source, int32_t padding) {
  if (!encode)
    return error("this program has no encoder that could read a source; compile an encoder-decoder with --objective=seq2seq");
  sources.set(slot, source, padding);
  lengths[static_cast<size_t>(slot)] = 0;
  TERN_TRY(sources.write(*session, *encode, slot));
  TERN_TRY(session->setOptionalScalar(*encode, "slot", slot));
  return session->call(*encode);
}

Status Slots::fork(int64_t from, int64_t to) {
  if (from == to)
    return success();
  TERN_ASSIGN(const tern_entry *entry, session->program().entry("fork"));
  TERN_TRY(session->setScalar(*entry, "from", from));
  TERN_TRY(session->setScalar(*entry, "slot", to));
  TERN_TRY(session->call(*entry));
  lengths[static_cast<size_t>(to)] = length(from);
  sources.copy(from, to);
  return success();
}

Status Slots::checkRoom(int64_t slot, int64_t count) const {
  if (count <= positions - length(slot))
    return success();
  return error("a sequence of ", length(slot) + count, " tokens exceeds the ", positions,
               " that the program keeps; compile with a larger --context");
}

Status Slots::appendChunk(int64_t slot, std::span<const int32_t> tokens) {
  TERN_ASSIGN(std::span<int32_t> input, session->input<int32_t>(*prefill, "tokens"));
  std::fill(input.begin(), input.end(), kPadding);
  std::copy(tokens.begin(), tokens.end(), input.begin());
  TERN_TRY(session->setOptionalScalar(*prefill, "position", length(slot)));
  TERN_TRY(session->setOptionalScalar(*prefill, "count", static_cast<int64_t>(tokens.size())));
  TERN_TRY(session->setOptionalScalar(*prefill, "slot", slot));
  TERN_TRY(sources.write(*session, *prefill, slot));
  TERN_TRY(session->call(*prefill));
  lengths[static_cast<size_t>(slot)] += static_cast<int64_t>(tokens.size());
  return success();
}

Result<std::span<const uint8_t>> Slots::append(int64_t slot, std::span<const int32_t> tokens) {
  if (tokens.empty())
    return error("cannot predict what follows an empty sequence");
  TERN_TRY(checkRoom(slot, static_cast<int64_t>(tokens.size())));
  if (tokens.size() == 1) {
    std::vector<int32_t> all(lengths.size(), idle);
    all[static_cast<size_t>(slot)] = tokens.front();
    TERN_ASSIGN(std::span<const uint8_t> rows, step(all));
    size_t bytes = rows.size() / lengths.size();
    return rows.subspan(static_cast<size_t>(slot) * bytes, bytes);
  }
  for (size_t first = 0; first < tokens.size(); first += static_cast<size_t>(chunk))
    TERN_TRY(appendChunk(slot, tokens.subspan(first, std::min<size_t>(tokens.size() - first, static_cast<size_t>(chunk)))));
  return std::span<const uint8_t>(session->bytes(*chunkLogits));
}

Result<std::span<const uint8_t>> Slots::step(std::span<const int32_t> tokens) {
  TERN_ASSIGN(std::span<int32_t> input, session->input<int32_t>(*decode, "tokens"));
  std::span<int32_t> position, there;
  if (findInput(*decode, "position")) {
    TERN_ASSIGN(position, session->input<int32_t>(*decode, "position"));
  }
  if (findInput(*decode, "count")) {
    TERN_ASSIGN(there, session->input<int32_t>(*decode, "count"));
  }
  for (size_t slot = 0; slot < lengths.size(); ++slot) {
    bool isIdle = tokens[slot] == idle;
    if (!isIdle)
      TERN_TRY(checkRoom(static_cast<int64_t>(slot), 1));
    input[slot] = isIdle ? kPadding : tokens[slot];
    if (!position.empty())
      position[slot] = static_cast<int32_t>(lengths[slot]);
    if (!there.empty())
      there[slot] = isIdle ? 0 : 1;
  }
  TERN_TRY(sources.write(*session, *decode, 0));
  TERN_TRY(session->call(*decode));
  for (size_t slot = 0; slot < lengths.size(); ++slot)
    lengths[slot] += tokens[slot] != idle;
  return std::span<const uint8_t>(session->bytes(*stepLogits));
}

} // namespace tern::rt
