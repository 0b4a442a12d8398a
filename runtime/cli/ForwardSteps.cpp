// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `forward --steps`: the logits of rows of tokens as generation computes them, so that they can be compared with those of the
// forward entry. As many rows as there are slots go on side by side, each at its own position.

#include "runtime/cli/Commands.h"
#include "runtime/cli/InputBatch.h"
#include "runtime/cli/Setup.h"
#include "runtime/core/Json.h"
#include "runtime/generate/Slots.h"
#include "runtime/io/SafeTensors.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

namespace tern::rt {

static constexpr int32_t kPadding = 0; // of a source, behind its end

namespace {

/// Rows that share the slots, and where their logits go: (rows, T, V).
struct Group {
  std::vector<std::vector<int32_t>> tokens, sources; // one row per slot; sources where there is an encoder
  uint8_t *logits;
  size_t rowBytes;

  void keep(size_t slot, int64_t length, std::span<const uint8_t> row) {
    std::memcpy(logits + (slot * tokens[slot].size() + static_cast<size_t>(length - 1)) * rowBytes, row.data(), rowBytes);
  }
};

} // namespace

static Status checkPrompt(int64_t prompt, int64_t length) {
  if (prompt >= 1 && prompt <= length)
    return success();
  return error("--steps ", prompt, ": the first tokens of a row are from 1 to ", length);
}

static Status runPrompts(Slots &slots, Group &group, const std::vector<int64_t> &prompts, int64_t firstRow) {
  for (size_t slot = 0; slot < group.tokens.size(); ++slot) {
    std::span<const int32_t> row = group.tokens[slot];
    int64_t prompt = prompts[(static_cast<size_t>(firstRow) + slot) % prompts.size()];
    TERN_TRY(checkPrompt(prompt, static_cast<int64_t>(row.size())));
    slots.truncate(static_cast<int64_t>(slot), 0);
    if (!group.sources.empty())
      TERN_TRY(slots.setSource(static_cast<int64_t>(slot), group.sources[slot], kPadding));
    TERN_ASSIGN(std::span<const uint8_t> logits,
                slots.append(static_cast<int64_t>(slot), row.first(static_cast<size_t>(prompt))));
    group.keep(slot, prompt, logits);
  }
  return success();
}

/// The tokens of the one row that the forward entry reads, and what they are told from.
static Status addRow(Session &session, const tern_entry &forward, Group &group) {
  TERN_ASSIGN(std::span<int32_t> tokens, session.input<int32_t>(forward, "tokens"));
  group.tokens.emplace_back(tokens.begin(), tokens.end());
  if (!findInput(forward, "source"))
    return success();
  TERN_ASSIGN(std::span<int32_t> source, session.input<int32_t>(forward, "source"));
  if (findInput(forward, "source_lengths")) {
    TERN_ASSIGN(std::span<int32_t> lengths, session.input<int32_t>(forward, "source_lengths"));
    source = source.first(static_cast<size_t>(std::clamp<int64_t>(lengths[0], 1, static_cast<int64_t>(source.size()))));
  }
  group.sources.emplace_back(source.begin(), source.end());
  return success();
}

/// One token more of every row that has one. False when none has.
static Result<bool> runStep(Slots &slots, Group &group) {
  std::vector<int32_t> next(static_cast<size_t>(slots.count()), Slots::idle);
  for (size_t slot = 0; slot < group.tokens.size(); ++slot)
    if (auto length = static_cast<size_t>(slots.length(static_cast<int64_t>(slot))); length < group.tokens[slot].size())
      next[slot] = group.tokens[slot][length];
  if (std::ranges::all_of(next, [](int32_t token) { return token == Slots::idle; }))
    return false;
  TERN_ASSIGN(std::span<const uint8_t> logits, slots.step(next));
  for (size_t slot = 0; slot < group.tokens.size(); ++slot)
    if (next[slot] != Slots::idle)
      group.keep(slot, slots.length(static_cast<int64_t>(slot)), logits.subspan(slot * group.rowBytes, group.rowBytes));
  return true;
}

static Status runGroup(Slots &slots, Group &group, const std::vector<int64_t> &prompts, int64_t firstRow) {
  TERN_TRY(runPrompts(slots, group, prompts, firstRow));
  bool isOn = true;
  while (isOn) {
    TERN_ASSIGN(isOn, runStep(slots, group));
  }
  return success();
}

Status runForwardBySteps(Session &session, const tern_entry &forward, const InputBatch &batch, const ForwardOptions &options) {
  if (!takesTokens(forward) || findInput(forward, "tokens")->dtype != TERN_I32)
    return error("--steps: the model takes no tokens");
  TERN_ASSIGN(Slots slots, Slots::create(session));
  TERN_ASSIGN(int64_t rows, batch.rows(forward));
  int64_t length = findInput(forward, "tokens")->shape[1];
  size_t rowBytes = static_cast<size_t>(slots.vocabulary()) * elementBytes(slots.dtype());
  std::vector<uint8_t> logits(static_cast<size_t>(rows * length) * rowBytes, 0);
  for (int64_t first = 0; first < rows; first += slots.count()) {
    Group group{{}, {}, logits.data() + static_cast<size_t>(first * length) * rowBytes, rowBytes};
    for (int64_t row = first; row < std::min(rows, first + slots.count()); ++row) {
      TERN_TRY(batch.fillRows(session, forward, row));
      TERN_TRY(addRow(session, forward, group));
    }
    TERN_TRY(runGroup(slots, group, options.steps, first));
  }
  SafeTensorsWriter writer;
  TERN_TRY(writer.add("logits", slots.dtype(), std::vector<int64_t>{rows, length, slots.vocabulary()}, logits));
  TERN_TRY(writer.write(options.out));
  if (options.machine.json)
    std::printf("%s\n", JsonObject().add("rows", rows).add("out", options.out).text().c_str());
  else
    std::printf("%lld rows written to %s\n", static_cast<long long>(rows), options.out.c_str());
  return success();
}

} // namespace tern::rt
