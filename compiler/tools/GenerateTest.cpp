// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The text of the input stays as it is, down to the names of its values; only lines that check are added, and those of
// an older test taken out.

#include "compiler/tools/GenerateTest.h"

#include "compiler/tools/CheckLines.h"
#include "compiler/tools/ValueNames.h"

#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Regex.h"
#include "llvm/Support/SourceMgr.h"

#include <map>

using namespace mlir;
using namespace tern;

static llvm::cl::opt<std::string>
    passText("generate-test", llvm::cl::value_desc("PASS"),
             llvm::cl::desc("print a test of PASS, or of PASS{option=value}, on the input"));

bool tern::isTestWanted() { return passText.getNumOccurrences() > 0; }

static constexpr StringLiteral splitMarker = "// -----";

namespace {

// What is tested: the pass by its flag, with or without `tern-`.
struct TestedPass {
  const PassRegistryEntry *entry;
  std::string options;

  std::string flag() const {
    std::string text = "--" + entry->getPassArgument().str();
    return options.empty() ? text : text + "=\"" + options + "\"";
  }
};

// One part of the input: its lines, and what is to be inserted before each (line numbers from 0).
struct Part {
  std::vector<std::string> lines;
  std::map<size_t, std::vector<std::string>> inserted;
  bool hasAliases = false; // of attributes or types, when printed without care
  bool hasChanged = false;
};

} // namespace

static LogicalResult complain(const Twine &message) {
  llvm::errs() << "tern-opt: --generate-test=" << passText << ": " << message << "\n";
  return failure();
}

static FailureOr<TestedPass> findPass() {
  auto [name, rest] = StringRef(passText).split('{');
  bool hasOptions = StringRef(passText).contains('{');
  if (hasOptions && !rest.consume_back("}"))
    return complain("the options end with }, as in specialize-shapes{batch=4 seq=16}");
  for (const std::string &flag : {name.str(), "tern-" + name.str()}) {
    if (const PassInfo *pass = PassInfo::lookup(flag))
      return TestedPass{pass, rest.str()};
    if (const PassPipelineInfo *pipeline = PassPipelineInfo::lookup(flag))
      return TestedPass{pipeline, rest.str()};
  }
  return complain("there is no pass of this name; tern-opt --list-passes prints all");
}

// The prefixes of an older test: CHECK and what its RUN lines name.
static std::vector<std::string> prefixesIn(StringRef text) {
  static const llvm::Regex option("--?check-prefix(es)?[= ]([A-Za-z0-9_,-]+)");
  std::vector<std::string> prefixes = {"CHECK"};
  SmallVector<StringRef> groups;
  for (; option.match(text, &groups); text = text.substr(groups[0].end() - text.begin()))
    for (StringRef prefix : llvm::split(groups[2], ','))
      prefixes.push_back(prefix.str());
  return prefixes;
}

// A part without the comments of an older test.
static Part readPart(StringRef text, ArrayRef<std::string> prefixes) {
  const llvm::Regex comment("^ *// *(RUN|(" + llvm::join(prefixes, "|") + ")(-[A-Z]+(-[0-9]+)?)?):");
  Part part;
  for (StringRef line : llvm::split(text.trim("\n"), '\n'))
    if (!comment.match(line) && !(part.lines.empty() && line.trim().empty()))
      part.lines.push_back(line.str());
  return part;
}

// With the names that values have in the text.
static OwningOpRef<ModuleOp> parse(const llvm::SourceMgr &sources, MLIRContext &context) {
  Block block;
  AsmParserState state;
  if (failed(parseAsmSourceFile(sources, &block, ParserConfig(&context), &state)))
    return nullptr;
  keepSourceNames(state);
  if (llvm::hasSingleElement(block) && isa<ModuleOp>(block.front())) {
    auto module = cast<ModuleOp>(block.front());
    module->remove();
    return module;
  }
  OwningOpRef<ModuleOp> module = ModuleOp::create(UnknownLoc::get(&context));
  module->getBody()->getOperations().splice(module->getBody()->begin(), block.getOperations());
  return succeeded(verify(*module)) ? std::move(module) : nullptr;
}

static std::string symbolOf(Operation *op) {
  auto name = op->getAttrOfType<StringAttr>(SymbolTable::getSymbolAttrName());
  return name ? name.str() : "";
}

// Where each function of the module stands in the text.
static llvm::StringMap<size_t> linesOfFunctions(ModuleOp module) {
  llvm::StringMap<size_t> lines;
  for (auto function : module.getOps<FunctionOpInterface>())
    if (auto place = function.getLoc()->findInstanceOf<FileLineColLoc>())
      lines[symbolOf(function)] = place.getLine() - 1;
  return lines;
}

static std::string textOf(ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  module.print(stream);
  return text;
}

// Functions that the pass has removed must stay away.
static void insertAbsences(ModuleOp module, const llvm::StringMap<size_t> &lines, Part &part) {
  SymbolTable symbols(module);
  for (const auto &[name, line] : lines)
    if (!symbols.lookup(name))
      part.inserted[line].push_back("// CHECK-NOT:   @" + name.str() + "(");
}

// What the pass has made is checked in its order: an op that the text does not have, or has further up, comes after the
// one before it.
static void insertChecks(ModuleOp module, const llvm::StringMap<size_t> &lines, Part &part) {
  auto lineOf = [&](Operation &op) -> std::optional<size_t> {
    auto found = lines.find(symbolOf(&op));
    return found == lines.end() ? std::nullopt : std::optional<size_t>(found->second);
  };
  size_t place = part.lines.size();
  for (Operation &op : llvm::reverse(*module.getBody()))
    place = lineOf(op).value_or(place);
  if (std::vector<std::string> header = checkLinesOfHeader(module); !header.empty())
    part.inserted[place] = header;
  for (Operation &op : *module.getBody()) {
    place = std::max(place, lineOf(op).value_or(place));
    if (auto function = dyn_cast<FunctionOpInterface>(op))
      nameValues(function);
    std::vector<std::string> &block = part.inserted[place];
    if (!block.empty() && &op != &module.getBody()->front())
      block.push_back("");
    llvm::append_range(block, checkLines(&op));
  }
}

static LogicalResult addChecks(Part &part, const TestedPass &pass, MLIRContext &context, StringRef name) {
  auto sources = std::make_shared<llvm::SourceMgr>();
  std::string text = llvm::join(part.lines, "\n") + "\n";
  sources->AddNewSourceBuffer(llvm::MemoryBuffer::getMemBufferCopy(text, name), llvm::SMLoc());
  SourceMgrDiagnosticHandler diagnostics(*sources, &context);
  OwningOpRef<ModuleOp> module = parse(*sources, context);
  if (!module)
    return failure();
  llvm::StringMap<size_t> lines = linesOfFunctions(*module);
  PassManager manager(&context, ModuleOp::getOperationName(), PassManager::Nesting::Implicit);
  std::string before = textOf(*module);
  auto onError = [](const Twine &message) { return complain(message); };
  if (failed(pass.entry->addToPipeline(manager, pass.options, onError)))
    return failure();
  if (failed(manager.run(*module)))
    return complain("the pass fails on this input, so there is nothing to check; "
                    "what it says is tested with -verify-diagnostics");
  std::string after = textOf(*module);
  part.hasAliases = after.front() == '#' || after.front() == '!';
  part.hasChanged = after != before;
  insertAbsences(*module, lines, part);
  insertChecks(*module, lines, part);
  return success();
}

static void print(const Part &part, llvm::raw_ostream &out) {
  for (size_t number = 0; number <= part.lines.size(); ++number) {
    StringRef line = number < part.lines.size() ? StringRef(part.lines[number]) : StringRef();
    StringRef indent = line.take_front(line.size() - line.ltrim().size());
    if (auto found = part.inserted.find(number); found != part.inserted.end())
      for (const std::string &check : found->second)
        out << (check.empty() ? "" : indent) << check << "\n";
    if (number < part.lines.size())
      out << line << "\n";
  }
}

// A plugin is named as lit configurations of plugins name it: %my-plugin is the file my-plugin.so.
static void printRunLine(ArrayRef<Part> parts, const TestedPass &pass, const TestRequest &request,
                         llvm::raw_ostream &out) {
  out << "// RUN: tern-opt %s";
  for (const std::string &plugin : request.plugins)
    out << " --load-pass-plugin=%" << llvm::sys::path::stem(plugin);
  out << " " << pass.flag();
  if (request.allowUnregisteredDialects)
    out << " --allow-unregistered-dialect";
  if (parts.size() > 1)
    out << " --split-input-file";
  if (llvm::any_of(parts, [](const Part &part) { return part.hasAliases; }))
    out << " --mlir-print-local-scope";
  out << " | FileCheck %s\n\n";
}

LogicalResult tern::generateTest(std::unique_ptr<llvm::MemoryBuffer> input, const DialectRegistry &registry,
                                 const TestRequest &request, llvm::raw_ostream &out) {
  FailureOr<TestedPass> pass = findPass();
  if (failed(pass))
    return failure();
  MLIRContext context(registry);
  context.allowUnregisteredDialects(request.allowUnregisteredDialects);
  context.printOpOnDiagnostic(false);
  std::vector<Part> parts;
  std::vector<std::string> prefixes = prefixesIn(input->getBuffer());
  SmallVector<StringRef> texts;
  input->getBuffer().split(texts, splitMarker);
  for (StringRef text : texts)
    if (failed(addChecks(parts.emplace_back(readPart(text, prefixes)), *pass, context, input->getBufferIdentifier())))
      return failure();

  if (llvm::none_of(parts, [](const Part &part) { return part.hasChanged; }))
    llvm::errs() << "tern-opt: --generate-test=" << passText << ": the pass changes nothing in this input\n";
  printRunLine(parts, *pass, request, out);
  for (auto [index, part] : llvm::enumerate(parts)) {
    if (index)
      out << "\n" << splitMarker << "\n\n";
    print(part, out);
  }
  return success();
}
