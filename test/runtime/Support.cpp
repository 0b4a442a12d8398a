// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Temporary directories and files.

#include "Support.h"

#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdlib.h>

namespace tern::rt::test {

FileTest::FileTest() {
  std::string pattern = (std::filesystem::temp_directory_path() / "tern-test-XXXXXX").string();
  directory = mkdtemp(pattern.data());
}

FileTest::~FileTest() {
  std::error_code ignored;
  std::filesystem::remove_all(directory, ignored);
}

std::string FileTest::file(std::string_view name, std::string_view content) const {
  std::string target = path(name);
  std::ofstream(target, std::ios::binary) << content;
  return target;
}

std::string contentOf(const std::string &path) {
  std::ifstream stream(path, std::ios::binary);
  EXPECT_TRUE(stream.good()) << path;
  std::ostringstream content;
  content << stream.rdbuf();
  return content.str();
}

std::string safetensors(std::string_view header, std::string_view data) {
  uint64_t length = header.size();
  std::string file(8, '\0');
  std::memcpy(file.data(), &length, 8);
  return file + std::string(header) + std::string(data);
}

} // namespace tern::rt::test
