// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Files: mapped reading, and writing that either replaces the whole file or leaves the old one alone.

#ifndef TERN_RUNTIME_CORE_FILES_H
#define TERN_RUNTIME_CORE_FILES_H

#include "runtime/core/Result.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace tern::rt {

// A file mapped read-only. An empty file is an empty view. Directories, pipes and devices are refused.
class MappedFile {
public:
  static Result<MappedFile> open(const std::string &path);

  MappedFile(MappedFile &&other) noexcept;
  MappedFile &operator=(MappedFile &&other) noexcept;
  MappedFile(const MappedFile &) = delete;
  ~MappedFile();

  std::span<const uint8_t> bytes() const { return {base, length}; }
  std::string_view text() const { return {reinterpret_cast<const char *>(base), length}; }
  const std::string &path() const { return name; }
  // Tells the kernel that these pages need not stay resident (after a tensor has been copied out).
  void dropPages() const;

private:
  MappedFile() = default;
  std::string name;
  const uint8_t *base = nullptr;
  size_t length = 0;
};

// Buffered output to a temporary file next to `path`; commit() flushes, fsyncs, renames over `path` and fsyncs the
// directory. Without commit() the destructor removes the temporary and the old file is untouched.
class AtomicFile {
public:
  static Result<AtomicFile> create(const std::string &path);

  AtomicFile(AtomicFile &&other) noexcept;
  AtomicFile(const AtomicFile &) = delete;
  AtomicFile &operator=(AtomicFile &&) = delete;
  ~AtomicFile();

  Status write(std::span<const uint8_t> bytes);
  Status write(std::string_view text);
  Status commit();

private:
  AtomicFile() = default;
  Error systemError(const char *action) const;
  std::string path, temporary;
  int descriptor = -1;
};

Status writeFile(const std::string &path, std::string_view text); // atomically
Result<std::string> readFile(const std::string &path);
Status makeDirectories(const std::string &path); // with parents; existing ones are fine
bool fileExists(const std::string &path);

// Makes a new directory with everything in it appear at once: `fill` writes into a temporary directory beside `path`,
// which is then renamed to `path` (an old `path` is moved aside first and removed last). For checkpoints of several
// files.
Status replaceDirectory(const std::string &path, const std::function<Status(const std::string &temporary)> &fill);
// Finishes or undoes what a killed replaceDirectory left behind; call before reading `path`.
Status recoverDirectory(const std::string &path);

} // namespace tern::rt

#endif // TERN_RUNTIME_CORE_FILES_H
