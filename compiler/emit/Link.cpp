// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Files that appear whole or not at all, and the link of a program through a compiler driver.

#include "compiler/emit/Emit.h"

#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Program.h"

using namespace llvm;
using namespace tern;

// A pipe or a device is written into; renaming a file over it would take its place.
static Error writeInto(StringRef path, function_ref<Error(raw_pwrite_stream &)> write) {
  SmallString<0> text;
  raw_svector_ostream buffer(text);
  if (Error failure = write(buffer))
    return failure;
  auto refuse = [&](std::error_code code) { return createStringError("cannot write '" + path + "': " + code.message()); };
  std::error_code code;
  raw_fd_ostream out(path, code);
  if (code)
    return refuse(code);
  out << text;
  out.flush();
  code = out.error();
  out.clear_error();
  return code ? refuse(code) : Error::success();
}

Error tern::writeAtomically(StringRef path, function_ref<Error(raw_pwrite_stream &)> write) {
  sys::fs::file_status status;
  if (!sys::fs::status(path, status) && status.type() != sys::fs::file_type::regular_file)
    return writeInto(path, write);
  Expected<sys::fs::TempFile> file = sys::fs::TempFile::create(path + ".tmp-%%%%%%%%", 0666);
  if (!file)
    return createStringError("cannot write '" + path + "': " + toString(file.takeError()));
  raw_fd_ostream out(file->FD, /*shouldClose=*/false);
  Error failure = write(out);
  out.flush();
  if (!failure && out.has_error())
    failure = createStringError("cannot write '" + path + "': " + out.error().message());
  out.clear_error();
  if (failure)
    return joinErrors(std::move(failure), file->discard());
  return file->keep(path);
}

static Expected<std::string> findDriver(StringRef wanted) {
  if (!wanted.empty()) {
    if (ErrorOr<std::string> found = sys::findProgramByName(wanted))
      return *found;
    return createStringError("--linker: there is no program '" + wanted + "'");
  }
  for (StringRef name : {"clang++-22", "clang++", "g++", "c++"})
    if (ErrorOr<std::string> found = sys::findProgramByName(name))
      return *found;
  return createStringError(
      "no linker driver found (clang++-22, clang++, g++ or c++): install the package clang-22 and lld-22");
}

// True when the driver finds the start files of the C library, which come with its development package.
static bool hasStartFiles(StringRef driver) {
  SmallString<128> answer;
  if (sys::fs::createTemporaryFile("tern-crt", "txt", answer))
    return true;
  auto remove = make_scope_exit([&] { sys::fs::remove(answer); });
  std::optional<StringRef> redirects[] = {std::nullopt, StringRef(answer), StringRef("")};
  if (sys::ExecuteAndWait(driver, {driver, "-print-file-name=crt1.o"}, std::nullopt, redirects) != 0)
    return true;
  ErrorOr<std::unique_ptr<MemoryBuffer>> text = MemoryBuffer::getFile(answer);
  return !text || sys::path::is_absolute((*text)->getBuffer().trim());
}

static Error runDriver(StringRef driver, ArrayRef<StringRef> arguments) {
  SmallString<128> log;
  if (std::error_code code = sys::fs::createTemporaryFile("tern-link", "log", log))
    return createStringError(code, "cannot make a temporary file");
  auto remove = make_scope_exit([&] { sys::fs::remove(log); });
  std::optional<StringRef> redirects[] = {std::nullopt, StringRef(log), StringRef(log)};
  std::string message;
  int status = sys::ExecuteAndWait(driver, arguments, std::nullopt, redirects, 0, 0, &message);
  if (status == 0)
    return Error::success();
  ErrorOr<std::unique_ptr<MemoryBuffer>> text = MemoryBuffer::getFile(log);
  return createStringError("linking with '" + driver + "' failed: " + message + "\n" +
                           (text ? (*text)->getBuffer() : ""));
}

Error tern::link(ArrayRef<std::string> objects, StringRef output, const LinkOptions &options) {
  if (!options.shared && !sys::fs::exists(options.runtimeArchive))
    return createStringError("the runtime library '" + options.runtimeArchive +
                             "' is missing: it is built with the compiler and installed beside it");
  Expected<std::string> driver = findDriver(options.linker);
  if (!driver)
    return driver.takeError();
  if (!hasStartFiles(*driver))
    return createStringError("the C library's start files are missing: install the package libc6-dev");

  std::string temporary = (output + ".tmp-" + Twine(sys::Process::getProcessId())).str();
  SmallVector<StringRef> arguments = {*driver, "-o", temporary};
  append_range(arguments, objects);
  if (sys::findProgramByName("ld.lld-22") || sys::findProgramByName("ld.lld"))
    arguments.push_back("-fuse-ld=lld");
  if (options.shared)
    arguments.push_back("-shared");
  else
    arguments.append({options.runtimeArchive, "-static-libstdc++", "-static-libgcc", "-pthread"});
  arguments.append({"-Wl,--gc-sections", "-s", "-lm"});
  if (Error failure = runDriver(*driver, arguments)) {
    sys::fs::remove(temporary);
    return failure;
  }
  if (std::error_code code = sys::fs::rename(temporary, output)) {
    sys::fs::remove(temporary);
    return createStringError(code, "cannot write '" + output + "'");
  }
  return Error::success();
}
