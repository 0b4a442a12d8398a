// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the tests of tokenizers share: a small byte-level tokenizer.json, random texts, the published files.

#ifndef TERN_TEST_RUNTIME_TEXT_SAMPLES_H
#define TERN_TEST_RUNTIME_TEXT_SAMPLES_H

#include "runtime/text/Tokenizer.h"

#include "../Support.h"

#include <nlohmann/json.hpp>
#include <random>

namespace tern::rt::test {

std::vector<int32_t> encoded(const Tokenizer &tokenizer, std::string_view text);

/// The 256 bytes (id = byte), then " t", "he", " the", "ab", then "<|endoftext|>" as an added token.
nlohmann::json smallByteLevel();

/// `length` characters, each of which is likely to matter: letters, digits, spaces and signs of many scripts, emoji with their
/// joiners, combining marks; now and then any character at all.
std::string randomText(std::mt19937_64 &generator, size_t length);

/// A published file by its path in the data folder, "" when it is not there.
std::string publishedFile(const std::string &path);

} // namespace tern::rt::test

/// Declares `name`, the path of a published file, or skips the test with the reason.
#define PUBLISHED_FILE(name, path)                                                                                     \
  std::string name = publishedFile(path);                                                                              \
  if (name.empty())                                                                                                    \
  GTEST_SKIP() << "the published file " << path << " is not on this machine"

#endif // TERN_TEST_RUNTIME_TEXT_SAMPLES_H
