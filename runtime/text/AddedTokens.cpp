// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// There are few such tokens, and mostly they begin with the same byte: the text is searched for first bytes.

#include "runtime/text/AddedTokens.h"

#include <algorithm>

namespace tern::rt {

static constexpr std::string_view spaces = " \t\n\v\f\r";

AddedTokens::AddedTokens(std::vector<AddedToken> list) : tokens(std::move(list)) {
  std::ranges::stable_sort(tokens, std::greater(), [](const AddedToken &token) { return token.content.size(); });
  for (uint32_t index = 0; index < tokens.size(); ++index) {
    char first = tokens[index].content[0];
    if (byFirstByte[static_cast<uint8_t>(first)].empty())
      firstBytes += first;
    byFirstByte[static_cast<uint8_t>(first)].push_back(index);
  }
}

const AddedToken *AddedTokens::longestAt(std::string_view text) const {
  for (uint32_t index : byFirstByte[static_cast<uint8_t>(text[0])])
    if (text.starts_with(tokens[index].content))
      return &tokens[index];
  return nullptr;
}

AddedTokens::Match AddedTokens::find(std::string_view text, size_t from) const {
  if (tokens.empty())
    return {};
  size_t begin = firstBytes.size() == 1 ? text.find(firstBytes[0], from) : from;
  for (; begin < text.size(); begin = firstBytes.size() == 1 ? text.find(firstBytes[0], begin + 1) : begin + 1) {
    const AddedToken *token = longestAt(text.substr(begin));
    if (!token)
      continue;
    size_t end = begin + token->content.size();
    if (token->takesSpacesBefore)
      while (begin > from && spaces.find(text[begin - 1]) != spaces.npos)
        --begin;
    if (token->takesSpacesAfter)
      end = std::min(text.find_first_not_of(spaces, end), text.size());
    return {begin, end, token->id};
  }
  return {};
}

} // namespace tern::rt
