// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The tokens of a file: bytes by id, and ids by bytes.

#ifndef TERN_RUNTIME_TEXT_VOCABULARY_H
#define TERN_RUNTIME_TEXT_VOCABULARY_H

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tern::rt {

class Vocabulary {
public:
  static constexpr int32_t none = -1;

  /// Ids from 0 to size - 1; each may stay without a token.
  explicit Vocabulary(size_t size) : tokens(size), isTaken(size) { ids.reserve(size); }

  int64_t size() const { return static_cast<int64_t>(tokens.size()); }
  bool has(int32_t id) const { return id >= 0 && id < size() && isTaken[static_cast<size_t>(id)]; }
  /// `id` is below size() and has no token. Of two equal tokens the first is the one that is found.
  void set(int32_t id, std::string bytes, bool canBeFound = true) {
    size_t index = static_cast<size_t>(id);
    tokens[index] = std::move(bytes);
    isTaken[index] = true;
    if (canBeFound)
      ids.emplace(tokens[index], id);
  }
  /// Empty for an id without a token.
  std::string_view bytes(int32_t id) const { return id >= 0 && id < size() ? tokens[static_cast<size_t>(id)] : std::string_view(); }
  int32_t find(std::string_view bytes) const {
    auto found = ids.find(bytes);
    return found == ids.end() ? none : found->second;
  }

private:
  std::vector<std::string> tokens; // never grows: ids looks into it
  std::vector<bool> isTaken;
  std::unordered_map<std::string_view, int32_t> ids;
};

} // namespace tern::rt

#endif // TERN_RUNTIME_TEXT_VOCABULARY_H
