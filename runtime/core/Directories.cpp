// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Directories as a unit. The kernel can exchange two directories in one step; where a filesystem cannot, the old one is
// moved aside first, and recoverDirectory puts it back if the process died before the new one was in place.

#include "runtime/core/Files.h"

#include <fcntl.h>
#include <filesystem>
#include <linux/fs.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace tern::rt {

namespace fs = std::filesystem;

static Error failure(const char *action, const std::string &path, const std::error_code &code) {
  return error("cannot ", action, " directory '", path, "': ", code.message(),
               "; check the permissions and the free space");
}

static Status removeAll(const std::string &path) {
  std::error_code code;
  fs::remove_all(path, code);
  return code ? Status(failure("remove", path, code)) : success();
}

static Status moveTo(const std::string &from, const std::string &to) {
  std::error_code code;
  fs::rename(from, to, code);
  return code ? Status(failure("rename", from, code)) : success();
}

// False where the kernel or the filesystem cannot.
static bool swapDirectories(const std::string &first, const std::string &second) {
  return syscall(SYS_renameat2, AT_FDCWD, first.c_str(), AT_FDCWD, second.c_str(), RENAME_EXCHANGE) == 0;
}

static void syncParent(const std::string &path) {
  fs::path parent = fs::path(path).parent_path();
  int descriptor = open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0)
    return;
  (void)fsync(descriptor); // the files are already durable; an unsynced rename can only bring back the old directory
  close(descriptor);
}

bool fileExists(const std::string &path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

Status makeDirectories(const std::string &path) {
  std::error_code code;
  fs::create_directories(path, code);
  if (code || !fs::is_directory(path))
    return failure("create", path, code ? code : std::make_error_code(std::errc::not_a_directory));
  return success();
}

Status replaceDirectory(const std::string &path, const std::function<Status(const std::string &)> &fill) {
  std::string fresh = path + ".new", old = path + ".old";
  TERN_TRY(recoverDirectory(path));
  TERN_TRY(makeDirectories(fresh));
  if (Status filled = fill(fresh); !filled.ok()) {
    (void)removeAll(fresh); // the first failure is the one to report
    return filled;
  }
  if (!fileExists(path)) {
    TERN_TRY(moveTo(fresh, path));
  } else if (swapDirectories(fresh, path)) {
    TERN_TRY(removeAll(fresh));
  } else {
    TERN_TRY(moveTo(path, old));
    TERN_TRY(moveTo(fresh, path));
    TERN_TRY(removeAll(old));
  }
  syncParent(path);
  return success();
}

Status recoverDirectory(const std::string &path) {
  std::string old = path + ".old";
  if (!fileExists(path) && fileExists(old))
    TERN_TRY(moveTo(old, path));
  TERN_TRY(removeAll(old));
  return removeAll(path + ".new");
}

} // namespace tern::rt
