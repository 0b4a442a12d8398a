// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the tests share: a temporary directory per test, small files, readable assertions on results.

#ifndef TERN_TEST_RUNTIME_SUPPORT_H
#define TERN_TEST_RUNTIME_SUPPORT_H

#include "runtime/core/Result.h"

#include <cstdint>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tern::rt::test {

// A fixture with a directory of its own that goes away with it.
class FileTest : public testing::Test {
protected:
  FileTest();
  ~FileTest() override;
  std::string path(std::string_view name) const { return directory + "/" + std::string(name); }
  std::string file(std::string_view name, std::string_view content) const; // writes it, returns its path
  std::string directory;
};

// The whole content; fails the test when it cannot be read.
std::string contentOf(const std::string &path);

inline std::span<const uint8_t> asBytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t *>(text.data()), text.size()};
}

// A safetensors file from its header text and data.
std::string safetensors(std::string_view header, std::string_view data);

template <typename T>
std::span<T> as(std::span<uint8_t> bytes) {
  return {reinterpret_cast<T *>(bytes.data()), bytes.size() / sizeof(T)};
}

} // namespace tern::rt::test

// The failure message of a Status or Result, which must have failed, contains all given parts.
#define EXPECT_FAILURE(expression, ...)                                                                                \
  do {                                                                                                                 \
    const auto &failed = (expression);                                                                                 \
    ASSERT_FALSE(failed.ok());                                                                                         \
    for (const std::string &part : std::initializer_list<std::string>{__VA_ARGS__})                                    \
      EXPECT_THAT(failed.message(), testing::HasSubstr(part));                                                         \
  } while (false)

#define ASSERT_SUCCESS(expression)                                                                                     \
  do {                                                                                                                 \
    const auto &tried = (expression);                                                                                  \
    ASSERT_TRUE(tried.ok()) << tried.message();                                                                        \
  } while (false)

#endif // TERN_TEST_RUNTIME_SUPPORT_H
