// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// tern-reduce: the smallest module of which a script still says that it is interesting.

#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Support/FileUtilities.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/SourceMgr.h"

#include "compiler/Register.h"
#include "compiler/emit/Emit.h"
#include "compiler/tools/Reduce.h"

using namespace mlir;
using namespace tern;

namespace cl = llvm::cl;

namespace {

struct Options {
  cl::OptionCategory category{"Options of tern-reduce"};
  cl::opt<std::string> input{cl::Positional, cl::Required, cl::desc("FILE"), cl::cat(category)};
  cl::opt<std::string> test{"test", cl::Required, cl::value_desc("SCRIPT"), cl::cat(category),
                            cl::desc("gets each --test-arg, then a file; ends with 0 when that is interesting")};
  cl::list<std::string> testArguments{"test-arg", cl::value_desc("TEXT"), cl::cat(category),
                                      cl::desc("an argument of the script, repeatable")};
  cl::opt<unsigned> seconds{"test-timeout", cl::init(60), cl::value_desc("SECONDS"), cl::cat(category),
                            cl::desc("a script that takes longer finds its file not interesting (default 60)")};
  cl::opt<std::string> output{"o", cl::init("-"), cl::value_desc("OUT"), cl::desc("where the result goes"),
                              cl::cat(category)};
  cl::opt<bool> quiet{"quiet", cl::desc("say nothing of the steps"), cl::cat(category)};
};

/// The script that says what is interesting, asked through a file.
class Script {
public:
  explicit Script(const Options &options) : options(options) {}
  /// Finds the script and the place for the file; prints why not.
  bool prepare();
  ~Script() { llvm::sys::fs::remove(file); }

  /// The exit status of the script for a module: 0 interesting, negative when it did not end by itself.
  int ask(ModuleOp module);
  std::string why; // it did not end by itself

private:
  const Options &options;
  std::string program;
  SmallString<128> file;
};

} // namespace

static int fail(const Twine &message, int status = 1) {
  llvm::errs() << "tern-reduce: " << message << "\n";
  return status;
}

bool Script::prepare() {
  // Like a shell: with a slash it is a path, else it is looked up.
  llvm::ErrorOr<std::string> found = llvm::sys::findProgramByName(options.test);
  if (!found || !llvm::sys::fs::can_execute(*found)) {
    fail("--test=" + options.test + ": no such program: give an executable file, or a name that PATH knows");
    return false;
  }
  program = *found;
  if (std::error_code error = llvm::sys::fs::createTemporaryFile("tern-reduce", "mlir", file)) {
    fail("cannot make a temporary file: " + error.message());
    return false;
  }
  llvm::sys::RemoveFileOnSignal(file);
  return true;
}

int Script::ask(ModuleOp module) {
  std::error_code error;
  llvm::raw_fd_ostream stream(file, error);
  if (error)
    return fail("cannot write " + file + ": " + error.message(), -1);
  module.print(stream);
  stream.close();
  SmallVector<StringRef> arguments{program};
  llvm::append_range(arguments, options.testArguments);
  arguments.push_back(file);
  // What the script prints of a hundred files is of no use, and its input is not ours.
  std::optional<StringRef> nothing[] = {StringRef(), StringRef(), StringRef()};
  return llvm::sys::ExecuteAndWait(program, arguments, std::nullopt, nothing, options.seconds, 0, &why);
}

static OwningOpRef<ModuleOp> read(MLIRContext &context, StringRef path) {
  std::string message;
  std::unique_ptr<llvm::MemoryBuffer> buffer = openInputFile(path, &message);
  if (!buffer) {
    fail(message);
    return {};
  }
  auto sources = std::make_shared<llvm::SourceMgr>();
  sources->AddNewSourceBuffer(std::move(buffer), llvm::SMLoc());
  SourceMgrDiagnosticHandler diagnostics(*sources, &context);
  return parseSourceFile<ModuleOp>(sources, ParserConfig(&context));
}

static int notInteresting(const Options &options, const Script &script, int status) {
  std::string what =
      status < 0 ? "did not end by itself (" + script.why + ")" : "ended with status " + std::to_string(status);
  return fail(options.input + " is not interesting to begin with: " + options.test + " " + what +
              ", expected 0 for what shall be kept (a script written for mlir-reduce says the opposite: put --test=not "
              "--test-arg=SCRIPT)");
}

// Says whether it could.
static bool write(const Options &options, ModuleOp module) {
  llvm::Error error = writeAtomically(options.output, [&](llvm::raw_pwrite_stream &stream) {
    module.print(stream);
    return llvm::Error::success();
  });
  if (!error)
    return true;
  fail(llvm::toString(std::move(error)));
  return false;
}

static int reduceFile(const Options &options, MLIRContext &context) {
  Script script(options);
  if (!script.prepare())
    return 1;
  OwningOpRef<ModuleOp> module = read(context, options.input);
  if (!module)
    return 1;
  if (int status = script.ask(*module))
    return notInteresting(options, script, status);
  // A file holds the best so far at any time: whoever is content may interrupt.
  bool isFile = options.output != "-", isWritten = !isFile || write(options, *module);
  if (!isWritten)
    return 1;
  unsigned asked = reduce(
      module, [&](ModuleOp candidate) { return script.ask(candidate) == 0; },
      [&](StringRef reduction, size_t ops, unsigned questions) {
        if (!options.quiet)
          llvm::errs() << llvm::formatv("{0,5} ops after {1,4} runs: {2}\n", ops, questions, reduction);
        isWritten = !isFile || write(options, *module);
      });
  if (!isFile)
    module->print(llvm::outs());
  if (!options.quiet)
    llvm::errs() << "done after " << asked << " runs of the script\n";
  return isWritten ? 0 : 1;
}

int main(int argc, char **argv) {
  DialectRegistry registry;
  registerDialects(registry);
  MLIRContext context(registry);
  context.printOpOnDiagnostic(false);

  Options options;
  cl::HideUnrelatedOptions(options.category);
  std::string errors;
  llvm::raw_string_ostream stream(errors);
  if (!cl::ParseCommandLineOptions(argc, argv, "a file as small as a script allows\n", &stream)) {
    llvm::errs() << errors;
    return 2;
  }
  return reduceFile(options, context);
}
