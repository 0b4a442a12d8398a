// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Object files lie beside the program while it is linked, whatever becomes of it.

#include "compiler/tools/ProgramFile.h"

#include "compiler/emit/Emit.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace tern;

namespace {
struct ObjectFiles {
  explicit ObjectFiles(const ProgramFile &file) : file(file) {}
  ~ObjectFiles() {
    if (!file.keepsObjects)
      for_each(paths, [](const std::string &path) { sys::fs::remove(path); });
  }

  Error write(ArrayRef<SmallString<0>> objects) {
    for (const SmallString<0> &object : objects) {
      paths.push_back(file.path + (objects.size() > 1 ? "." + std::to_string(paths.size()) : "") + ".tern.o");
      auto write = [&](raw_pwrite_stream &out) {
        out << object;
        return Error::success();
      };
      if (Error error = writeAtomically(paths.back(), write))
        return error;
    }
    return Error::success();
  }

  const ProgramFile &file;
  std::vector<std::string> paths;
};
} // namespace

static std::string runtimeArchive() {
  std::string executable = sys::fs::getMainExecutable(nullptr, reinterpret_cast<void *>(&runtimeArchive));
  SmallString<128> archive(sys::path::parent_path(sys::path::parent_path(executable)));
  sys::path::append(archive, "lib", "libternrt.a");
  return archive.str().str();
}

Error tern::writeProgram(ArrayRef<SmallString<0>> objects, const ProgramFile &file) {
  ObjectFiles files(file);
  if (Error error = files.write(objects))
    return error;
  LinkOptions options;
  options.linker = file.linker;
  options.shared = file.isShared;
  options.runtimeArchive = runtimeArchive();
  return link(files.paths, file.path, options);
}
