// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tokens that are found in the text as they stand, before it is split into words: the special tokens of a model.

#ifndef TERN_RUNTIME_TEXT_ADDEDTOKENS_H
#define TERN_RUNTIME_TEXT_ADDEDTOKENS_H

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tern::rt {

struct AddedToken {
  std::string content; // not empty
  int32_t id = 0;
  bool takesSpacesBefore = false, takesSpacesAfter = false;
};

class AddedTokens {
public:
  AddedTokens() = default;
  explicit AddedTokens(std::vector<AddedToken> list);

  struct Match {
    size_t begin = std::string_view::npos, end = std::string_view::npos; // npos: none
    int32_t id = 0;
  };
  /// The first token at or after `from`, the longest of those that begin there.
  Match find(std::string_view text, size_t from) const;

private:
  const AddedToken *longestAt(std::string_view text) const;
  std::vector<AddedToken> tokens;                     // long ones first
  std::array<std::vector<uint32_t>, 256> byFirstByte; // into tokens
  std::string firstBytes;
};

} // namespace tern::rt

#endif // TERN_RUNTIME_TEXT_ADDEDTOKENS_H
