// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// tern-lsp-server: what an editor talks to when it opens a model file. Upstream's server runs in a process of its own,
// each check of a model in another; this one carries messages between them and never waits for any.

#include "mlir/IR/DialectRegistry.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OperationSupport.h"
#include "mlir/Support/LogicalResult.h"
#include "mlir/Tools/mlir-lsp-server/MlirLspServerMain.h"
#include "llvm/Support/raw_ostream.h"

#include "compiler/Register.h"
#include "compiler/tools/lsp/Filter.h"
#include "compiler/tools/lsp/Frames.h"
#include "compiler/tools/lsp/ModelCheck.h"
#include "compiler/tools/lsp/Processes.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <poll.h>
#include <unistd.h>

using namespace llvm;
using namespace tern::lsp;

using Clock = std::chrono::steady_clock;

static constexpr auto longestCheck = std::chrono::seconds(10), longestFarewell = std::chrono::seconds(2);

namespace {

class Switchboard {
public:
  Switchboard(int argc, char **argv);
  /// Until the editor has gone. Returns the exit status.
  int run();

private:
  /// A model on its way through the compiler.
  struct Check {
    Process process;
    std::string found;
    Clock::time_point deadline;
  };

  void startServer();
  void startCheck(const std::string &uri, const std::string &text);
  void endCheck(const std::string &uri, bool kill, StringRef why);
  void readEditor();
  bool passOn();
  void replaceServer();
  void readCheck(const std::string &uri);
  void dropLateChecks();
  void wait();
  int finish();

  int argc;
  char **argv;
  mlir::DialectRegistry registry;
  std::unique_ptr<Filter> filter;
  Process server;
  FrameReader editorFrames, serverFrames;
  std::map<std::string, Check> checks;
  bool editorGone = false, hopeless = false;
};

} // namespace

static void complain(const Twine &message) { errs() << "tern-lsp-server: " << message << "\n"; }

// The editor always reads: messages go out at once.
static void writeToEditor(const json::Value &message) {
  std::string text = frame(message);
  for (size_t done = 0; done < text.size();) {
    ssize_t written = write(STDOUT_FILENO, text.data() + done, text.size() - done);
    if (written < 0 && errno != EINTR)
      return; // it has gone; the end of its input says so too
    done += std::max<ssize_t>(written, 0);
  }
}

// Of the dialects that models and tests are written in.
static std::vector<std::string> listOps(const mlir::DialectRegistry &registry) {
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  for (StringRef dialect :
       {"tern", "tern_kernel", "check", "arith", "math", "func", "tensor", "linalg", "scf", "vector", "memref"})
    context.getOrLoadDialect(dialect);
  std::vector<std::string> names;
  for (mlir::RegisteredOperationName name : context.getRegisteredOperations())
    names.push_back(name.getStringRef().str());
  sort(names);
  return names;
}

// What has come; nothing at the end.
static std::optional<std::string> readSome(int file) {
  char bytes[1 << 16];
  ssize_t count;
  do
    count = read(file, bytes, sizeof(bytes));
  while (count < 0 && errno == EINTR);
  if (count <= 0)
    return std::nullopt;
  return std::string(bytes, count);
}

Switchboard::Switchboard(int argc, char **argv) : argc(argc), argv(argv) {
  tern::registerDialects(registry);
  startServer();
  Doors doors;
  doors.toEditor = writeToEditor;
  doors.toServer = [this](json::Value message) { server.unwritten += frame(message); };
  doors.check = [this](const std::string &uri, const std::string &text) { startCheck(uri, text); };
  doors.forget = [this](const std::string &uri) { endCheck(uri, /*kill=*/true, ""); };
  filter = std::make_unique<Filter>(std::move(doors), listOps(registry));
}

void Switchboard::startServer() {
  serverFrames = FrameReader();
  server = start([this] { return int(failed(mlir::MlirLspServerMain(argc, argv, registry))); });
}

//===-- checks ---------------------------------------------------------------------------------------------------===//

void Switchboard::startCheck(const std::string &uri, const std::string &text) {
  endCheck(uri, /*kill=*/true, "");
  Process process = start([&] {
    outs() << json::Value(checkModel(registry, uri, text));
    return 0;
  });
  if (process.isRunning())
    checks[uri] = {process, "", Clock::now() + longestCheck};
  else
    filter->checked(uri, {});
}

static json::Array remark(StringRef text) {
  json::Object start{{"line", 0}, {"character", 0}}, end{{"line", 0}, {"character", 1}};
  return json::Array{json::Object{{"source", "tern"},
                                  {"severity", 2},
                                  {"range", json::Object{{"start", std::move(start)}, {"end", std::move(end)}}},
                                  {"message", text.str()}}};
}

// Tells the filter what has been found, unless nobody wants to know.
void Switchboard::endCheck(const std::string &uri, bool kill, StringRef why) {
  auto found = checks.find(uri);
  if (found == checks.end())
    return;
  Check check = std::move(found->second);
  checks.erase(found);
  std::string end = check.process.end(kill);
  if (kill && why.empty())
    return;
  Expected<json::Value> diagnostics = json::parse(check.found);
  json::Array *list = diagnostics ? diagnostics->getAsArray() : nullptr;
  if (end.empty() && list)
    filter->checked(uri, std::move(*list));
  else
    filter->checked(uri, remark("this model was not checked: the compiler " + (why.empty() ? end : why.str())));
  if (!diagnostics)
    consumeError(diagnostics.takeError());
}

void Switchboard::readCheck(const std::string &uri) {
  std::optional<std::string> bytes = readSome(checks[uri].process.output);
  if (bytes)
    checks[uri].found += *bytes;
  else
    endCheck(uri, /*kill=*/false, "");
}

void Switchboard::dropLateChecks() {
  std::vector<std::string> late;
  for (auto &[uri, check] : checks)
    if (Clock::now() > check.deadline)
      late.push_back(uri);
  for (const std::string &uri : late)
    endCheck(uri, /*kill=*/true, "took longer than 10 s");
}

//===-- messages -------------------------------------------------------------------------------------------------===//

void Switchboard::readEditor() {
  std::optional<std::string> bytes = readSome(STDIN_FILENO);
  editorGone = !bytes;
  if (!bytes)
    return;
  editorFrames.feed(*bytes);
  while (std::optional<std::string> message = editorFrames.next()) {
    filter->fromEditor(*message);
    if (filter->hasExited())
      return;
  }
  hopeless = editorFrames.isLost();
  if (hopeless)
    complain("a message of more than a gigabyte: this is not the language server protocol");
}

// What the server says goes on. False at its end.
bool Switchboard::passOn() {
  std::optional<std::string> bytes = readSome(server.output);
  if (!bytes)
    return false;
  serverFrames.feed(*bytes);
  while (std::optional<std::string> message = serverFrames.next())
    if (Expected<json::Value> value = json::parse(*message))
      filter->fromServer(std::move(*value));
    else
      complain("the MLIR server wrote what is not JSON: " + toString(value.takeError()));
  return true;
}

void Switchboard::replaceServer() {
  std::string how = server.end(/*kill=*/false);
  std::string why = "the MLIR server " + (how.empty() ? "ended" : how);
  complain(why);
  startServer();
  hopeless = !server.isRunning() || !filter->replaceServer(why);
}

// Sleeps until something can be done, and does it.
void Switchboard::wait() {
  std::vector<pollfd> files = {{STDIN_FILENO, POLLIN, 0},
                               {server.output, POLLIN, 0},
                               {server.unwritten.empty() ? -1 : server.input, POLLOUT, 0}};
  std::vector<std::string> uris;
  for (auto &[uri, check] : checks) {
    files.push_back({check.process.output, POLLIN, 0});
    uris.push_back(uri);
  }
  if (poll(files.data(), files.size(), checks.empty() ? -1 : 1000) < 0)
    return; // a signal
  if (files[2].revents)
    server.flush();
  for (auto [number, uri] : enumerate(uris))
    if (files[3 + number].revents)
      readCheck(uri);
  dropLateChecks();
  if (files[1].revents && !passOn())
    replaceServer();
  if (files[0].revents && !hopeless)
    readEditor();
}

// What has been said to the server is still answered. It ends by itself then, or is given up.
int Switchboard::finish() {
  while (!checks.empty())
    endCheck(std::string(checks.begin()->first), /*kill=*/true, "");
  auto deadline = Clock::now() + longestFarewell;
  bool ended = false;
  while (!hopeless && !ended && Clock::now() < deadline) {
    if (server.unwritten.empty())
      server.closeInput();
    pollfd files[] = {{server.output, POLLIN, 0}, {server.input, POLLOUT, 0}};
    poll(files, 2, 100);
    if (files[1].revents)
      server.flush();
    if (files[0].revents)
      ended = !passOn();
  }
  if (server.isRunning())
    server.end(/*kill=*/!ended);
  return hopeless ? 1 : filter->exitStatus();
}

int Switchboard::run() {
  while (!editorGone && !hopeless && !filter->hasExited())
    wait();
  return finish();
}

// Upstream's options, but for those that change how messages are written.
static bool checkUsage(ArrayRef<char *> arguments) {
  for (StringRef argument : arguments)
    if (argument.contains("-lit-test") || argument.contains("-input-style")) {
      complain(argument + ": messages come with a Content-Length here, as editors send them");
      return false;
    }
  return true;
}

int main(int argc, char **argv) {
  ArrayRef<char *> arguments = ArrayRef(argv, argc).drop_front();
  if (!checkUsage(arguments))
    return 2;
  bool isQuestion = any_of(arguments, [](StringRef argument) {
    return argument.ltrim('-').starts_with("help") || argument.ltrim('-').starts_with("version");
  });
  if (isQuestion) {
    mlir::DialectRegistry registry;
    return failed(mlir::MlirLspServerMain(argc, argv, registry));
  }
  signal(SIGPIPE, SIG_IGN);
  return Switchboard(argc, argv).run();
}
