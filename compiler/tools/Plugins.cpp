// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads the version of a plugin, then opens it with every symbol resolved at once: upstream's loader resolves functions when
// they are called, where a missing one kills the process.

#include "compiler/tools/Plugins.h"

#include "compiler/Plugin.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Demangle/Demangle.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <dlfcn.h>

using namespace llvm;

static constexpr StringLiteral thisVersion = TERN_FULL_VERSION;

// The version that a plugin was built for, from the bytes of its file.
static Expected<std::string> readVersion(StringRef path) {
  ErrorOr<std::unique_ptr<MemoryBuffer>> file = MemoryBuffer::getFile(path);
  if (!file)
    return createStringError("cannot read it: " + file.getError().message());
  StringRef bytes = (*file)->getBuffer();
  size_t mark = bytes.find(TERN_PLUGIN_MARK);
  if (mark == StringRef::npos)
    return createStringError("it is no plugin of Tern: its source needs TERN_PLUGIN of compiler/Plugin.h");
  return bytes.substr(mark + StringRef(TERN_PLUGIN_MARK).size()).take_until([](char c) { return c == '\0'; }).str();
}

// "undefined symbol: _ZN4tern1fEv" in words.
static std::string describeOpenFailure(StringRef message) {
  auto [before, symbol] = message.split("undefined symbol: ");
  if (symbol.empty())
    return message.str();
  return "it needs '" + demangle(symbol.str()) + "', which tern " + thisVersion.str() + " and its libraries do not have: define it in "
         "the plugin, or rebuild the plugin against this installation";
}

// MLIR ends the process where two passes want one flag; then say whose they are.
static void reportFatal(void *path, const char *reason, bool) {
  errs() << "plugin '" << *static_cast<std::string *>(path) << "': " << reason << "\n";
  exit(1);
}

static Error loadPlugin(const std::string &path) {
  Expected<std::string> version = readVersion(path);
  if (!version)
    return version.takeError();
  if (*version != thisVersion)
    return createStringError("it was built for tern " + *version + ", and this is tern " + thisVersion +
                             ": rebuild it against this installation");
  std::string file = sys::path::has_parent_path(path) ? path : "./" + path; // no search in the system's folders
  void *library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return createStringError(describeOpenFailure(dlerror()));
  using Entry = mlir::PassPluginLibraryInfo (*)();
  auto entry = reinterpret_cast<Entry>(dlsym(library, "mlirGetPassPluginInfo"));
  if (!entry)
    return createStringError("it does not export mlirGetPassPluginInfo, which TERN_PLUGIN defines");
  std::string subject = path;
  ScopedFatalErrorHandler handler(reportFatal, &subject);
  entry().registerPassRegistryCallbacks();
  return Error::success();
}

bool tern::loadPlugins(int &argc, char **argv, std::vector<std::string> *paths) {
  SmallVector<char *> kept, taken;
  for (int index = 0; index < argc; ++index) {
    StringRef option = argv[index];
    bool isPlugin = option.consume_front("--load-pass-plugin") || option.consume_front("-load-pass-plugin");
    if (!isPlugin || (!option.empty() && option.front() != '=')) {
      kept.push_back(argv[index]);
      continue;
    }
    bool isNext = option.empty() && index + 1 < argc;
    if (option.empty() && !isNext) {
      errs() << sys::path::filename(argv[0]) << ": " << argv[index] << " names no plugin: expected " << argv[index] << "=FILE\n";
      return false;
    }
    taken.push_back(argv[index]);
    if (isNext)
      taken.push_back(argv[++index]);
    std::string path = isNext ? taken.back() : option.ltrim('=').str();
    if (Error error = loadPlugin(path)) {
      errs() << sys::path::filename(argv[0]) << ": plugin '" << path << "': " << toString(std::move(error)) << "\n";
      return false;
    }
    if (paths)
      paths->push_back(path);
  }
  // All arguments stay in argv: what is printed after a crash reads as many as there were.
  llvm::copy(taken, llvm::copy(kept, argv));
  argc = static_cast<int>(kept.size());
  return true;
}
