// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Anchors, longest increasing chains of them, and small tables between.

#include "compiler/tools/LineDiff.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/Hashing.h"
#include "llvm/ADT/SmallVector.h"

#include <algorithm>

using namespace llvm;
using namespace tern;

namespace {

struct Range {
  size_t begin, end;
  size_t size() const { return end - begin; }
};
using Pairs = SmallVector<std::pair<size_t, size_t>>; // (line before, line now)

class Matcher {
public:
  Matcher(ArrayRef<LineKey> before, ArrayRef<LineKey> now) : before(before), now(now), result(now.size(), -1) {}

  std::vector<int> run() {
    Range all{0, before.size()}, allNow{0, now.size()};
    split(all, allNow, sameOps(), 0);
    return std::move(result);
  }

private:
  static constexpr size_t tableLimit = 1 << 18; // cells of one table
  static constexpr unsigned runLengths[] = {6, 1};

  void match(size_t i, size_t j) { result[j] = int(i); }

  // Matches what both ranges begin and end with.
  void trim(Range &a, Range &b) {
    while (a.size() && b.size() && before[a.begin].shape == now[b.begin].shape)
      match(a.begin++, b.begin++);
    while (a.size() && b.size() && before[a.end - 1].shape == now[b.end - 1].shape)
      match(--a.end, --b.end);
  }

  // Cuts both ranges at the anchors; `level` says which kind of anchor the pieces are cut at next.
  void split(Range a, Range b, const Pairs &anchors, unsigned level) {
    for (auto [i, j] : longestChain(anchors)) {
      gap({a.begin, i}, {b.begin, j}, level);
      match(i, j);
      a.begin = i + 1;
      b.begin = j + 1;
    }
    gap(a, b, level);
  }

  void gap(Range a, Range b, unsigned level) {
    trim(a, b);
    if (!a.size() || !b.size())
      return;
    if (a.size() * b.size() <= tableLimit)
      return table(a, b);
    if (level < std::size(runLengths))
      split(a, b, uniqueRuns(a, b, runLengths[level]), level + 1);
  }

  Pairs sameOps() const {
    DenseMap<const void *, size_t> places;
    for (auto [i, key] : enumerate(before))
      if (key.op)
        places[key.op] = i;
    Pairs pairs;
    for (auto [j, key] : enumerate(now)) {
      auto place = key.op ? places.find(key.op) : places.end();
      if (place != places.end() && before[place->second].shape == key.shape)
        pairs.push_back({place->second, j});
    }
    return pairs;
  }

  static DenseMap<uint64_t, std::pair<size_t, unsigned>> countRuns(ArrayRef<LineKey> lines, Range range,
                                                                   unsigned length) {
    DenseMap<uint64_t, std::pair<size_t, unsigned>> runs; // hash -> (first line, how often)
    for (size_t line = range.begin; line + length <= range.end; ++line) {
      uint64_t hash = 0;
      for (unsigned k = 0; k < length; ++k)
        hash = hash_combine(hash, lines[line + k].shape);
      hash >>= 2; // keeps clear of the map's reserved keys
      auto &[first, count] = runs[hash];
      first = count++ ? first : line;
    }
    return runs;
  }

  // Runs of lines that occur exactly once on both sides.
  Pairs uniqueRuns(Range a, Range b, unsigned length) const {
    auto runsBefore = countRuns(before, a, length), runsNow = countRuns(now, b, length);
    Pairs pairs;
    for (auto &[hash, place] : runsNow) {
      auto other = runsBefore.find(hash);
      if (place.second == 1 && other != runsBefore.end() && other->second.second == 1 &&
          before[other->second.first].shape == now[place.first].shape)
        pairs.push_back({other->second.first, place.first});
    }
    std::sort(pairs.begin(), pairs.end(), [](auto &x, auto &y) { return x.second < y.second; });
    return pairs;
  }

  // The longest subsequence of pairs (sorted by the line now) whose lines before increase.
  static Pairs longestChain(const Pairs &pairs) {
    SmallVector<size_t> ends, previous(pairs.size());
    for (size_t k = 0; k < pairs.size(); ++k) {
      auto place = std::lower_bound(ends.begin(), ends.end(), pairs[k].first,
                                    [&](size_t end, size_t value) { return pairs[end].first < value; });
      previous[k] = place == ends.begin() ? SIZE_MAX : *(place - 1);
      if (place == ends.end())
        ends.push_back(k);
      else
        *place = k;
    }
    Pairs chain;
    for (size_t k = ends.empty() ? SIZE_MAX : ends.back(); k != SIZE_MAX; k = previous[k])
      chain.push_back(pairs[k]);
    std::reverse(chain.begin(), chain.end());
    return chain;
  }

  // Longest common subsequence by the textbook table.
  void table(Range a, Range b) {
    size_t width = b.size() + 1;
    std::vector<uint32_t> best((a.size() + 1) * width, 0);
    for (size_t i = a.size(); i-- > 0;)
      for (size_t j = b.size(); j-- > 0;)
        best[i * width + j] = before[a.begin + i].shape == now[b.begin + j].shape
                                  ? best[(i + 1) * width + j + 1] + 1
                                  : std::max(best[(i + 1) * width + j], best[i * width + j + 1]);
    for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
      if (before[a.begin + i].shape == now[b.begin + j].shape) {
        match(a.begin + i++, b.begin + j++);
        continue;
      }
      bool skipBefore = best[(i + 1) * width + j] >= best[i * width + j + 1];
      (skipBefore ? i : j)++;
    }
  }

  ArrayRef<LineKey> before, now;
  std::vector<int> result;
};

} // namespace

std::vector<int> tern::matchLines(ArrayRef<LineKey> before, ArrayRef<LineKey> now) {
  return Matcher(before, now).run();
}
