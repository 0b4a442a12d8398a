// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The part of a published tokenizer that makes ids of words.

#ifndef TERN_RUNTIME_TEXT_WORDMODEL_H
#define TERN_RUNTIME_TEXT_WORDMODEL_H

#include "runtime/core/Result.h"
#include "runtime/text/Vocabulary.h"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace tern::rt {

class WordModel {
public:
  virtual ~WordModel() = default;
  virtual std::string_view name() const = 0;
  /// Words may be bytes that are no text.
  virtual bool keepsBytes() const { return true; }
  virtual Status encode(std::span<const std::string_view> words, const Vocabulary &vocabulary,
                        std::vector<int32_t> &ids) const = 0;
};

} // namespace tern::rt

#endif // TERN_RUNTIME_TEXT_WORDMODEL_H
