// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The kinds of tokenizers, for the registry in Tokenizer.cpp.

#ifndef TERN_RUNTIME_TEXT_KINDS_H
#define TERN_RUNTIME_TEXT_KINDS_H

#include "runtime/text/Tokenizer.h"

namespace tern::rt {

std::unique_ptr<Tokenizer> makeByteTokenizer();

// From the set of characters (Unicode code points) of a text; an error names the byte offset of invalid UTF-8.
Result<std::unique_ptr<Tokenizer>> makeCharacterTokenizer(std::string_view corpus);
// From the list in a file; `path` is for messages.
Result<std::unique_ptr<Tokenizer>> makeCharacterTokenizer(std::vector<std::string> characters, const std::string &path);

// From the words of a text that come twice or more, the most frequent first, as many as fit into a vocabulary of `room` (0: all).
Result<std::unique_ptr<Tokenizer>> makeWordTokenizer(std::string_view corpus, int64_t room);
// From the list in a file; `path` is for messages.
Result<std::unique_ptr<Tokenizer>> makeWordTokenizer(std::vector<std::string> words, const std::string &path);

} // namespace tern::rt

#endif // TERN_RUNTIME_TEXT_KINDS_H
