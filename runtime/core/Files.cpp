// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reading by mapping, writing through a temporary name. A temporary is locked while it is written, so that two
// processes that write the same file do not mix their bytes; one left behind by a killed process is simply overwritten.

#include "runtime/core/Files.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace tern::rt {

namespace {

namespace fs = std::filesystem;

std::string parentOf(const std::string &path) {
  fs::path parent = fs::path(path).parent_path();
  return parent.empty() ? "." : parent.string();
}

const char *remedy(int number) {
  switch (number) {
  case ENOSPC:
    return "; the disk is full: free some space or write elsewhere";
  case EDQUOT:
    return "; the disk quota is used up: free some space or write elsewhere";
  case EFBIG:
    return "; the file would pass the size limit (ulimit -f)";
  case ENOENT:
    return "; check the spelling of the path";
  case EACCES:
  case EPERM:
    return "; check the permissions";
  default:
    return "";
  }
}

Error failure(const char *action, const std::string &path, int number) {
  return error("cannot ", action, " '", path, "': ", std::strerror(number), remedy(number));
}

Status syncDirectory(const std::string &path) {
  int descriptor = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0)
    return failure("open directory", path, errno);
  // Some filesystems cannot sync a directory and say so with EINVAL; their renames are as durable as they get.
  bool synced = fsync(descriptor) == 0 || errno == EINVAL;
  int number = errno;
  close(descriptor);
  return synced ? success() : Status(failure("sync directory", path, number));
}

bool isSameFile(int descriptor, const std::string &path) {
  struct stat opened, named;
  return fstat(descriptor, &opened) == 0 && stat(path.c_str(), &named) == 0 && opened.st_ino == named.st_ino &&
         opened.st_dev == named.st_dev;
}

// Opens and locks the temporary; it may have been renamed away between the two by the process that held the lock.
Result<int> openLocked(const std::string &temporary) {
  while (true) {
    int descriptor = open(temporary.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor < 0)
      return failure("create", temporary, errno);
    if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
      close(descriptor);
      return error("'", temporary, "' is being written by another process; wait for it or write elsewhere");
    }
    if (isSameFile(descriptor, temporary))
      return descriptor;
    close(descriptor);
  }
}

} // namespace

Result<MappedFile> MappedFile::open(const std::string &path) {
  int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0)
    return failure("open", path, errno);
  struct stat facts;
  bool regular = fstat(descriptor, &facts) == 0 && S_ISREG(facts.st_mode);
  MappedFile file;
  file.name = path;
  void *mapping = nullptr;
  if (regular && facts.st_size > 0)
    mapping = mmap(nullptr, static_cast<size_t>(facts.st_size), PROT_READ, MAP_PRIVATE, descriptor, 0);
  int number = errno;
  close(descriptor);
  if (!regular)
    return error("cannot read '", path, "': it is not a regular file");
  if (mapping == MAP_FAILED)
    return failure("map", path, number);
  file.base = static_cast<const uint8_t *>(mapping);
  file.length = static_cast<size_t>(facts.st_size);
  return file;
}

MappedFile::MappedFile(MappedFile &&other) noexcept { *this = std::move(other); }

MappedFile &MappedFile::operator=(MappedFile &&other) noexcept {
  std::swap(name, other.name);
  std::swap(base, other.base);
  std::swap(length, other.length);
  return *this;
}

MappedFile::~MappedFile() {
  if (base)
    munmap(const_cast<uint8_t *>(base), length);
}

void MappedFile::dropPages() const {
  if (base)
    (void)madvise(const_cast<uint8_t *>(base), length, MADV_DONTNEED); // a hint: the pages come back from the file
}

Error AtomicFile::systemError(const char *action) const { return failure(action, path, errno); }

Result<AtomicFile> AtomicFile::create(const std::string &path) {
  std::error_code ignored;
  if (fs::exists(path, ignored) && !fs::is_regular_file(path, ignored))
    return error("cannot write '", path, "': it exists and is not a regular file; choose another name");
  AtomicFile file;
  file.path = path;
  file.temporary = path + ".tmp";
  TERN_ASSIGN(file.descriptor, openLocked(file.temporary));
  if (ftruncate(file.descriptor, 0) != 0)
    return file.systemError("write");
  return file;
}

AtomicFile::AtomicFile(AtomicFile &&other) noexcept
    : path(std::move(other.path)), temporary(std::move(other.temporary)),
      descriptor(std::exchange(other.descriptor, -1)) {}

AtomicFile::~AtomicFile() {
  if (descriptor < 0)
    return;
  unlink(temporary.c_str()); // before the lock goes with the descriptor
  close(descriptor);
}

Status AtomicFile::write(std::span<const uint8_t> bytes) {
  while (!bytes.empty()) {
    ssize_t written = ::write(descriptor, bytes.data(), std::min<size_t>(bytes.size(), 1u << 30));
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      return systemError("write");
    bytes = bytes.subspan(static_cast<size_t>(written));
  }
  return success();
}

Status AtomicFile::write(std::string_view text) {
  return write(std::span(reinterpret_cast<const uint8_t *>(text.data()), text.size()));
}

Status AtomicFile::commit() {
  if (fsync(descriptor) != 0)
    return systemError("write");
  if (rename(temporary.c_str(), path.c_str()) != 0)
    return systemError("rename to");
  // Closing gives the lock back only after the rename; a late failure is impossible once fsync succeeded.
  close(std::exchange(descriptor, -1));
  return syncDirectory(parentOf(path));
}

Status writeFile(const std::string &path, std::string_view text) {
  TERN_ASSIGN(AtomicFile file, AtomicFile::create(path));
  TERN_TRY(file.write(text));
  return file.commit();
}

Result<std::string> readFile(const std::string &path) {
  TERN_ASSIGN(MappedFile file, MappedFile::open(path));
  return std::string(file.text());
}

} // namespace tern::rt
