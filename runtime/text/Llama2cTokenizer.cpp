// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// llama2.c's tokenizer.bin: the longest length, then a score, a length and a text per piece, to the end of the file. What the
// pieces are follows from their place: 0 unknown, 1 begin, 2 end, from 3 on the 256 bytes.

#include "runtime/text/SentencePieces.h"

#include <bit>
#include <cstring>

namespace tern::rt {

static uint32_t wordAt(std::string_view bytes, size_t at) {
  uint32_t word = 0;
  for (size_t index = 4; index-- > 0;)
    word = word << 8 | static_cast<uint8_t>(bytes[at + index]);
  return word;
}

Result<std::unique_ptr<Tokenizer>> readLlama2cTokenizer(std::string_view bytes, const std::string &path) {
  SentencePieces file;
  if (bytes.size() < 4)
    return error("'", path, "' has ", bytes.size(), " bytes: it is no tokenizer.bin of llama2.c");
  uint32_t longest = wordAt(bytes, 0);
  for (size_t at = 4; at < bytes.size();) {
    auto refuse = [&](const auto &...what) {
      return error("'", path, "': piece ", file.pieces.size(), ", at byte ", at, ", ", what...,
                   "; the file is damaged, or no tokenizer.bin of llama2.c");
    };
    if (bytes.size() - at < 8)
      return refuse("is cut off");
    uint32_t length = wordAt(bytes, at + 4);
    if (length > longest)
      return refuse("claims ", length, " bytes, more than the longest is said to have (", longest, ")");
    if (length > bytes.size() - at - 8)
      return refuse("claims ", length, " bytes, but the file ends after ", bytes.size() - at - 8);
    SentencePiece piece{std::string(bytes.substr(at + 8, length)), std::bit_cast<float>(wordAt(bytes, at))};
    size_t id = file.pieces.size();
    if (id < 3)
      piece.kind = id == 0 ? SentencePiece::Kind::Unknown : SentencePiece::Kind::Control;
    else if (id < 259)
      piece.kind = SentencePiece::Kind::Byte;
    file.pieces.push_back(std::move(piece));
    at += 8 + length;
  }
  // The models of llama2.c begin a new text with <s>, which thereby ends the one before.
  file.begin = file.end = 1;
  return makeSentencePieces(std::move(file), path);
}

} // namespace tern::rt
