// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What MLIR prints, cut into lines.

#include "compiler/tools/PrintedLines.h"

#include "mlir/IR/AsmState.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"

using namespace mlir;
using namespace tern;

static constexpr size_t longestLine = 1500;

// A function with many arguments has one per line: its header would be thousands of columns wide.
static void splitSignature(std::string line, std::vector<std::string> &out) {
  size_t open = line.find('(');
  if (line.size() < 120 || open == std::string::npos) {
    out.push_back(std::move(line));
    return;
  }
  unsigned depth = 0;
  bool inString = false;
  size_t begin = 0;
  for (size_t at = open; at < line.size(); ++at) {
    char c = line[at];
    if (c == '"')
      inString = !inString;
    if (inString)
      continue;
    bool opens = c == '(' || c == '<' || c == '[' || c == '{';
    bool closes = c == ')' || (c == '>' && line[at - 1] != '-') || c == ']' || c == '}';
    depth += opens;
    depth -= closes;
    bool endsArgument = (c == ',' && depth == 1) || at == open;
    bool endsList = closes && depth == 0;
    if (!endsArgument && !endsList)
      continue;
    StringRef piece = StringRef(line).slice(begin, endsList ? at : at + 1);
    out.push_back((begin ? "      " : "") + piece.trim(begin ? " " : "").str());
    begin = endsList ? at : at + 1;
    if (endsList)
      break;
  }
  out.push_back("    " + line.substr(begin));
}

static std::vector<std::string> definedBy(Operation *op, AsmState &state) {
  std::vector<std::string> names;
  for (Region &region : op->getRegions()) {
    if (region.empty())
      continue;
    for (BlockArgument argument : region.front().getArguments()) {
      llvm::raw_string_ostream stream(names.emplace_back());
      argument.printAsOperand(stream, state);
    }
  }
  return names;
}

static StringRef withoutPredecessors(StringRef line) {
  size_t comment = line.ltrim().starts_with("^") ? line.find("//") : StringRef::npos;
  return comment == StringRef::npos ? line : line.take_front(comment).rtrim();
}

// A line on which no op begins (a closing brace, a block header) belongs to the op whose first line is indented alike.
static Operation *ownerOf(StringRef line, SmallVectorImpl<std::pair<size_t, Operation *>> &open) {
  size_t indent = line.size() - line.ltrim().size();
  while (open.size() > 1 && open.back().first > indent)
    open.pop_back();
  return open.empty() ? nullptr : open.back().second;
}

static void printOp(Operation *op, Print &print) {
  OpPrintingFlags flags;
  flags.useLocalScope().elideLargeElementsAttrs(16).elideLargeResourceString(64);
  AsmState::LocationMap places;
  AsmState state(op, flags, &places);
  std::string text;
  llvm::raw_string_ostream stream(text);
  op->print(stream, state);
  llvm::DenseMap<unsigned, Operation *> opAt;
  unsigned firstLine = places.lookup(op).first;
  for (auto &[inner, place] : places)
    if (Operation *&at = opAt[place.first - firstLine]; !at || inner->isAncestor(at))
      at = inner;
  SmallVector<StringRef> lines;
  StringRef(text).rtrim().split(lines, '\n');
  SmallVector<std::pair<size_t, Operation *>> open;
  for (auto [index, line] : llvm::enumerate(lines)) {
    Operation *begins = opAt.lookup(index);
    Operation *owner = ownerOf(line, open);
    if (begins) {
      size_t indent = line.size() - line.ltrim().size();
      if (!open.empty() && open.back().first == indent)
        open.pop_back();
      open.push_back({indent, begins});
      owner = begins;
    }
    std::vector<std::string> pieces;
    if (index == 0 && isa<FunctionOpInterface>(op))
      splitSignature(line.str(), pieces);
    else
      pieces.push_back(withoutPredecessors(line).str());
    std::vector<std::string> names = begins ? definedBy(begins, state) : std::vector<std::string>();
    for (auto [part, piece] : llvm::enumerate(pieces)) {
      if (piece.size() > longestLine)
        piece = piece.substr(0, longestLine) + " ...";
      print.lines.push_back(std::move(piece));
      print.ops.push_back(part == 0 ? begins : nullptr);
      print.owners.push_back(owner);
      print.defined.push_back(names);
    }
  }
}

bool tern::isFunctionWithBody(Operation &op) {
  auto function = dyn_cast<FunctionOpInterface>(op);
  return function && !function.isExternal();
}

Print tern::printLines(Operation *op) {
  Print print;
  printOp(op, print);
  return print;
}

Print tern::printBeside(ModuleOp module) {
  Print print;
  auto add = [&](std::string text) {
    print.lines.push_back(text.size() > longestLine ? text.substr(0, longestLine) + " ..." : std::move(text));
    print.ops.push_back(nullptr);
    print.owners.push_back(nullptr);
    print.defined.emplace_back();
  };
  add("module @" + module.getName().value_or("").str());
  for (NamedAttribute attribute : module->getDiscardableAttrs()) {
    std::string text = "  ";
    llvm::raw_string_ostream stream(text);
    stream << attribute.getName().getValue() << " = ";
    attribute.getValue().print(stream);
    add(std::move(text));
  }
  for (Operation &op : *module.getBody())
    if (!isFunctionWithBody(op))
      printOp(&op, print);
  return print;
}
