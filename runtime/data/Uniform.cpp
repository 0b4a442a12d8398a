// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The source "random": token ids drawn uniformly from the vocabulary. Nothing can be learned from it, so the loss of a
// fresh model on it is known: it checks an initialisation.

#include "runtime/core/Random.h"
#include "runtime/data/Kinds.h"

namespace tern::rt {

namespace {

class UniformSource : public BatchSource {
public:
  UniformSource(int64_t vocabulary, TokenShape shape) : vocabulary(vocabulary), shape(shape) {}

  std::string description() const override {
    return "token ids drawn uniformly from a vocabulary of " + std::to_string(vocabulary);
  }
  int64_t itemsPerBatch() const override { return shape.batch * shape.seq; }
  int64_t orderedBatches(Split) const override { return 16; }

  Status fillRandom(const BatchKey &key, Session &session, const tern_entry &entry) override {
    return fill(randomKey({key.seed, key.step, key.microbatch}), session, entry);
  }

  Result<int64_t> fillOrdered(Split split, int64_t index, Session &session, const tern_entry &entry) override {
    TERN_TRY(fill(randomKey({static_cast<uint64_t>(split), static_cast<uint64_t>(index)}), session, entry));
    return itemsPerBatch();
  }

private:
  Status fill(uint64_t key, Session &session, const tern_entry &entry) const {
    TERN_ASSIGN(auto tokens, tokenInput(session, entry, "tokens", shape));
    std::span<int32_t> targets;
    if (findInput(entry, "targets")) {
      TERN_ASSIGN(targets, tokenInput(session, entry, "targets", shape));
    }
    // Row r draws seq + 1 ids; targets are the tokens one place later.
    for (int64_t place = 0; place < itemsPerBatch(); ++place) {
      int64_t counter = place / shape.seq * (shape.seq + 1) + place % shape.seq;
      tokens[place] = draw(key, counter);
      if (!targets.empty())
        targets[place] = draw(key, counter + 1);
    }
    return success();
  }

  int32_t draw(uint64_t key, int64_t counter) const {
    return static_cast<int32_t>(randomBelow(key, static_cast<uint64_t>(counter), static_cast<uint64_t>(vocabulary)));
  }

  int64_t vocabulary;
  TokenShape shape;
};

} // namespace

Result<std::unique_ptr<BatchSource>> openRandom(const Program &program, const tern_entry &entry) {
  TERN_ASSIGN(TokenShape shape, tokenShape(entry));
  for (const tern_tensor &tensor : inputs(entry))
    if (!isRuntimeRole(tensor.name) && tensor.name != std::string_view("tokens") && tensor.name != std::string_view("targets"))
      return error("random ids fill tokens and targets, but entry '", entry.name, "' reads '", tensor.name, "'; give --data FILE");
  if (program.manifest().vocab < 1)
    return error("--data random needs a program with a vocabulary, and this one has none");
  return std::unique_ptr<BatchSource>(std::make_unique<UniformSource>(program.manifest().vocab, shape));
}

} // namespace tern::rt
