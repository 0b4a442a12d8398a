// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A child compiles and runs; numbers come back through a pipe.

#include "compiler/tools/bisect/Evaluate.h"

#include "compiler/tools/FunctionProgram.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "llvm/Support/Errno.h"
#include "llvm/IR/LLVMContext.h"

#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace mlir;
using namespace tern;
using namespace tern::bisect;

//===-- a child's report ------------------------------------------------------------------------------------===//

namespace {
/// Records of a kind (a letter) and a length: P the pass that runs now, F a failure, V the vocabulary,
/// I an input, T a tensor, E the end.
class Writer {
public:
  explicit Writer(int pipe) : pipe(pipe) {}
  void record(char kind, StringRef bytes) {
    uint64_t length = bytes.size();
    put(&kind, 1);
    put(&length, sizeof(length));
    put(bytes.data(), length);
  }
  void tensor(char kind, const Tensor &tensor) {
    std::string bytes;
    auto add = [&](const void *data, uint64_t size) {
      bytes.append(reinterpret_cast<const char *>(&size), sizeof(size));
      bytes.append(static_cast<const char *>(data), size);
    };
    add(tensor.kind.data(), tensor.kind.size());
    add(tensor.name.data(), tensor.name.size());
    add(tensor.shape.data(), tensor.shape.size() * sizeof(int64_t));
    add(tensor.values.data(), tensor.values.size() * sizeof(double));
    record(kind, bytes);
  }

private:
  void put(const void *data, uint64_t size) {
    const char *bytes = static_cast<const char *>(data);
    while (size > 0) {
      ssize_t written = write(pipe, bytes, size);
      if (written <= 0)
        _exit(1);
      bytes += written;
      size -= written;
    }
  }
  int pipe;
};
} // namespace

static Tensor parseTensor(StringRef bytes) {
  auto take = [&] {
    uint64_t size;
    std::memcpy(&size, bytes.data(), sizeof(size));
    StringRef part = bytes.substr(sizeof(size), size);
    bytes = bytes.drop_front(sizeof(size) + size);
    return part;
  };
  Tensor tensor;
  tensor.kind = take().str();
  tensor.name = take().str();
  StringRef shape = take();
  tensor.shape.resize(shape.size() / sizeof(int64_t));
  std::memcpy(tensor.shape.data(), shape.data(), shape.size());
  StringRef values = take();
  tensor.values.resize(values.size() / sizeof(double));
  std::memcpy(tensor.values.data(), values.data(), values.size());
  return tensor;
}

//===-- in the child ----------------------------------------------------------------------------------------===//

/// One pass on the module; what it said when it failed.
static std::string runPass(ModuleOp module, StringRef text) {
  std::string said;
  llvm::raw_string_ostream stream(said);
  ScopedDiagnosticHandler handler(module.getContext(), [&](Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() == DiagnosticSeverity::Error)
      stream << (said.empty() ? "" : "; ") << describeLocation(diagnostic.getLocation()) << ": " << diagnostic;
    return success();
  });
  OpPassManager passes(ModuleOp::getOperationName());
  if (failed(parsePassPipeline(text, passes, stream)))
    return said;
  PassManager manager(module.getContext(), ModuleOp::getOperationName());
  static_cast<OpPassManager &>(manager) = std::move(passes);
  if (succeeded(manager.run(module)))
    return "";
  return said.empty() ? "it failed without saying why" : said;
}

std::pair<std::string, std::string> bisect::transform(ModuleOp module, ArrayRef<std::string> passes) {
  for (const std::string &pass : passes)
    if (std::string why = runPass(module, pass); !why.empty())
      return {pass, why};
  return {};
}

static bool isFlag(const Storage &storage) { return storage.dtype == TERN_I1 && storage.shape.empty(); }

static std::vector<uint8_t> snapshot(Jit &jit, const Storage &storage) {
  std::vector<uint8_t> bytes;
  for (uint64_t layer = 0; layer < std::max<uint64_t>(storage.layers, 1); ++layer) {
    const uint8_t *begin = jit.at(storage.offset + layer * storage.stride);
    bytes.insert(bytes.end(), begin, begin + storage.bytes);
  }
  return bytes;
}

namespace {
/// One entry and what it may read and write.
class Run {
public:
  Run(Jit &jit, const tern_entry &entry, bool flag, const Feed &feed)
      : jit(jit), entry(entry), flag(flag), feed(feed), all(storageOf(jit.manifest(), entry)) {}

  /// Calls the entry with memory that held `garbage` before; what is wrong, or nothing.
  std::string call(uint8_t garbage) {
    std::memset(jit.at(0), garbage, jit.manifest().memory.arena);
    before.clear();
    for (const Storage &storage : all) {
      if (storage.kind != "output")
        feed.fill(jit, storage, flag);
      before.push_back(snapshot(jit, storage));
    }
    int32_t status = jit.run(entry);
    return status ? name() + " returned status " + std::to_string(status) : "";
  }

  void reportInputs(Writer &writer) const {
    for (const Storage &storage : all)
      if (storage.kind == "input" || storage.kind == "parameter")
        writer.tensor('I', {storage.kind, storage.name, storage.shape, {}});
  }

  /// The outputs and everything else that the entry changed.
  std::vector<Tensor> changes() const {
    std::vector<Tensor> tensors;
    for (auto [storage, bytes] : llvm::zip_equal(all, before))
      if (storage.kind == "output" || snapshot(jit, storage) != bytes)
        tensors.push_back(
            {name() + (flag ? " (onto old) " : " ") + storage.kind, storage.name, storage.shape, read(jit, storage)});
    return tensors;
  }

private:
  std::string name() const { return "@" + std::string(entry.name); }

  Jit &jit;
  const tern_entry &entry;
  bool flag;
  const Feed &feed;
  std::vector<Storage> all;
  std::vector<std::vector<uint8_t>> before;
};
} // namespace

/// Twice, in memory that held something else before: what was never written must not matter.
static std::string runEntry(Run run, Writer &writer) {
  run.reportInputs(writer);
  if (std::string why = run.call(0); !why.empty())
    return why;
  std::vector<Tensor> tensors = run.changes();
  if (std::string why = run.call(0x7f); !why.empty())
    return why;
  std::vector<Tensor> again = run.changes();
  Verdict verdict = compare(tensors, again, {});
  if (verdict.differs)
    return "it reads memory that nobody wrote: " + verdict.worst.tensor + " depends on what was there";
  for (const Tensor &tensor : tensors)
    writer.tensor('T', tensor);
  return "";
}

/// The smallest extent of a tensor of reals: integers below it are rows of every table.
static int64_t smallestExtent(const tern_manifest &manifest) {
  int64_t smallest = 1 << 20;
  for (uint32_t number = 0; number < manifest.entry_count; ++number)
    for (const Storage &storage : storageOf(manifest, manifest.entries[number]))
      if (storage.dtype == TERN_F32 || storage.dtype == TERN_F64)
        for (int64_t extent : storage.shape)
          smallest = std::min(smallest, extent);
  return smallest;
}

static std::string runEntries(Jit &jit, Feed feed, Writer &writer) {
  const tern_manifest &manifest = jit.manifest();
  writer.record('V', std::to_string(manifest.vocab));
  if (feed.classes == 0)
    feed.classes = manifest.vocab > 0 ? manifest.vocab : smallestExtent(manifest);
  for (uint32_t number = 0; number < manifest.entry_count; ++number) {
    const tern_entry &entry = manifest.entries[number];
    bool hasFlag = llvm::any_of(storageOf(manifest, entry), isFlag);
    for (bool flag : {false, true})
      if (!flag || hasFlag)
        if (std::string why = runEntry(Run(jit, entry, flag, feed), writer); !why.empty())
          return why;
  }
  return "";
}

/// LLVM's part. At level 0 its optimizer is left out: nothing that it does is needed.
static std::string runCode(ModuleOp module, unsigned level, const Machine &machine, Writer &writer) {
  PipelineOptions options;
  options.optimizationLevel = level;
  llvm::Expected<CodeTarget> target = selectTarget(machine.cpu, options);
  if (!target)
    return llvm::toString(target.takeError());
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> program = translateToLLVM(module, context, *target);
  if (!program || failed(addManifest(*program, module, machine.info)))
    return "no LLVM IR could be made of it";
  if (level > 0)
    optimize(*program, *target->machine, level);
  else
    target->machine->setOptLevel(llvm::CodeGenOptLevel::None);
  llvm::Expected<std::unique_ptr<Jit>> jit = Jit::create(*program, *target, /*threads=*/1);
  if (!jit)
    return llvm::toString(jit.takeError());
  return runEntries(**jit, machine.feed, writer);
}

[[noreturn]] static void work(ModuleOp module, ArrayRef<std::string> passes, unsigned level, const Machine &machine,
                              int pipe) {
  for (int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGALRM})
    std::signal(signal, SIG_DFL); // no stack dump: the parent says what happened
  dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
  alarm(machine.seconds);
  Writer writer(pipe);
  std::string why;
  for (const std::string &pass : passes) {
    writer.record('P', pass);
    why = runPass(module, pass);
    if (!why.empty())
      break;
  }
  if (why.empty()) {
    writer.record('P', "");
    why = runCode(module, level, machine, writer);
  }
  if (!why.empty())
    writer.record('F', why);
  writer.record('E', "");
  _exit(0);
}

//===-- in the parent ---------------------------------------------------------------------------------------===//

static std::string readAll(int pipe) {
  std::string all;
  std::vector<char> buffer(1 << 20);
  while (true) {
    ssize_t count = llvm::sys::RetryAfterSignal(-1, ::read, pipe, buffer.data(), buffer.size());
    if (count <= 0)
      return all;
    all.append(buffer.data(), count);
  }
}

static Outcome parseReport(StringRef report, int status, unsigned seconds) {
  Outcome outcome;
  std::string running;
  bool hasEnded = false;
  while (report.size() >= 9) {
    uint64_t length;
    std::memcpy(&length, report.data() + 1, sizeof(length));
    StringRef bytes = report.substr(9, length);
    if (bytes.size() < length)
      break;
    switch (report.front()) {
    case 'P':
      running = bytes.str();
      break;
    case 'F':
      outcome.failure = bytes.str();
      break;
    case 'T':
      outcome.tensors.push_back(parseTensor(bytes));
      break;
    case 'I':
      outcome.inputs.push_back(parseTensor(bytes));
      break;
    case 'V':
      bytes.getAsInteger(10, outcome.vocabulary);
      break;
    case 'E':
      hasEnded = true;
    }
    report = report.drop_front(9 + length);
  }
  if (!hasEnded && WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
    outcome.failure = "did not end within " + std::to_string(seconds) + " s";
  else if (!hasEnded)
    outcome.failure = WIFSIGNALED(status) ? std::string("crashed: ") + strsignal(WTERMSIG(status)) : "ended early";
  if (!outcome.failure.empty())
    outcome.failedPass = running;
  return outcome;
}

Outcome bisect::evaluate(ModuleOp module, ArrayRef<std::string> passes, unsigned optimizationLevel,
                         const Machine &machine) {
  int ends[2];
  if (pipe(ends) != 0)
    return {"no pipe: " + std::string(std::strerror(errno)), "", {}, {}, 0};
  llvm::outs().flush();
  pid_t child = fork();
  if (child < 0)
    return {"no child process: " + std::string(std::strerror(errno)), "", {}, {}, 0};
  if (child == 0) {
    close(ends[0]);
    work(module, passes, optimizationLevel, machine, ends[1]);
  }
  close(ends[1]);
  std::string report = readAll(ends[0]);
  close(ends[0]);
  int status = 0;
  llvm::sys::RetryAfterSignal(-1, waitpid, child, &status, 0);
  return parseReport(report, status, machine.seconds);
}
