// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A language model of steps alone. Its cache holds the tokens of every slot; what follows is their sum, each weighted by its
// position + 1, so that a token that is missing, stale or in another place or slot shows.

#include "FakeProgram.h"

#include "FakeParts.h"

namespace tern::rt::test {

namespace {

constexpr int64_t S = 3, K = 10, N = 4, V = 97; // slots, context, tokens of a chunk
constexpr uint64_t cacheAt = 0, chunkTokensAt = 128, chunkPositionAt = 192, chunkCountAt = 256, slotAt = 320;
constexpr uint64_t chunkLogitsAt = 384, tokensAt = 832, positionAt = 896, countAt = 960, logitsAt = 1024, arenaBytes = 2240;

/// Puts tokens into a slot and writes the logits of what follows.
void append(const Worker &worker, int32_t slot, const int32_t *tokens, int32_t position, int32_t count, float *logits) {
  int32_t *cache = worker.at<int32_t>(cacheAt) + slot * K;
  for (int32_t t = 0; t < count; ++t)
    cache[position + t] = tokens[t];
  int64_t sum = 0;
  for (int32_t place = 0; place < position + count; ++place)
    sum += (place + 1) * cache[place];
  for (int64_t token = 0; token < V; ++token)
    logits[token] = token == sum % V ? 1.0f : 0.0f;
}

int32_t runPrefill(tern_ctx *context, uint32_t thread, uint32_t threads) {
  Worker worker{context, thread, threads};
  worker.single([&] {
    append(worker, *worker.at<int32_t>(slotAt), worker.at<int32_t>(chunkTokensAt), *worker.at<int32_t>(chunkPositionAt),
           *worker.at<int32_t>(chunkCountAt), worker.at<float>(chunkLogitsAt));
  });
  return 0;
}

int32_t runDecode(tern_ctx *context, uint32_t thread, uint32_t threads) {
  Worker worker{context, thread, threads};
  worker.single([&] {
    for (int32_t slot = 0; slot < S; ++slot)
      append(worker, slot, worker.at<int32_t>(tokensAt) + slot, worker.at<int32_t>(positionAt)[slot],
             worker.at<int32_t>(countAt)[slot], worker.at<float>(logitsAt) + slot * V);
  });
  return 0;
}

constexpr tern_tensor prefillInputs[] = {tensor("tokens", TERN_I32, chunkTokensAt, {1, N}),
                                         tensor("position", TERN_I32, chunkPositionAt, {1}),
                                         tensor("count", TERN_I32, chunkCountAt, {1}), tensor("slot", TERN_I32, slotAt, {})};
constexpr tern_tensor prefillLogits[] = {tensor("logits", TERN_F32, chunkLogitsAt, {1, 1, V})};
constexpr tern_tensor decodeInputs[] = {tensor("tokens", TERN_I32, tokensAt, {S, 1}),
                                        tensor("position", TERN_I32, positionAt, {S}),
                                        tensor("count", TERN_I32, countAt, {S})};
constexpr tern_tensor decodeLogits[] = {tensor("logits", TERN_F32, logitsAt, {S, 1, V})};

constexpr tern_entry entries[] = {
    {"prefill", runPrefill, prefillInputs, prefillLogits, 4, 1, N *V, cacheAt + S *K * 4, nullptr, 0, 0},
    {"decode", runDecode, decodeInputs, decodeLogits, 3, 1, S *V, cacheAt + S *K * 4, nullptr, 0, 0},
};

constexpr tern_manifest manifest = [] {
  tern_manifest result = manifestHead("sums", "causal-lm");
  result.optimizer = "";
  result.entries = entries;
  result.entry_count = 2;
  result.context = K;
  result.batch = 1;
  result.vocab = V;
  result.memory.cache = 128;
  result.memory.io = arenaBytes - 128;
  result.memory.arena = arenaBytes;
  return result;
}();

} // namespace

const tern_manifest &stepsProgram() { return manifest; }

} // namespace tern::rt::test
