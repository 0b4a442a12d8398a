// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Softmax of rows whose scores come block by block (Milakov and Gimelshein 2018). Each row keeps its maximum m and sum l:
//   m' = max(m, scores)   f = exp(scale (m - m'))   weights = exp(scale (scores - m'))   l' = f l + sum weights

#ifndef TERN_COMPILER_CPU_ONLINESOFTMAX_H
#define TERN_COMPILER_CPU_ONLINESOFTMAX_H

#include "compiler/cpu/AttentionHead.h"

namespace tern::cpu {

class OnlineSoftmax {
public:
  /// State of `tiles` tiles of `rows` rows, and one tile of scores of up to `keys` keys. Weights of another type than sums
  /// lie in a place of their own.
  OnlineSoftmax(AttentionHead &head, int64_t tiles, int64_t rows, int64_t keys, Type weight);

  /// Adds their bias to the scores of `row`, which is query `i` of a head, for keys [key0, key0 + end).
  void addBias(Value row, Value whichHead, Value i, Value key0, Value end);
  /// Scores to weights, for the rows of tile `at` and keys [key0, key0 + end). `seenBy` is which of these a row sees,
  /// `query` its head and number for dropout.
  void update(Value at, Value key0, Value end, llvm::function_ref<AttentionHead::Seen(Value row)> seenBy,
              llvm::function_ref<std::pair<Value, Value>(Value row)> query);
  /// After the last block: factors become 1 / l, or 0 where nothing is seen. `logSumExp` takes scale m + log l in vectors.
  void finish(Value at, llvm::function_ref<void(int64_t row, Value vector)> logSumExp = nullptr);

  Value scores;  // (rows, keys)
  Value weights; // (rows, keys), dropped out
  Value factors; // (rows): f, at last 1 / l
  Value maxima;  // (tiles, rows)
  Value totals;  // (tiles * rows, lanes): l in parts

private:
  Value highestScore(Value row, AttentionHead::Seen seen, Value end);
  void rescale(Value at);
  void exponentiate(Value row, Value total, Value key0, AttentionHead::Seen seen, Value end, std::pair<Value, Value> query);

  AttentionHead &head;
  Emitter &emit;
  int64_t rows;
  Value highest, shifts; // (rows)
};

} // namespace tern::cpu

#endif // TERN_COMPILER_CPU_ONLINESOFTMAX_H
