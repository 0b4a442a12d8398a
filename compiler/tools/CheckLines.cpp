// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// %QKV = tern.linear %X : ...   ->   // CHECK-NEXT: %[[QKV:.*]] = tern.linear %[[X]] : ...

#include "compiler/tools/CheckLines.h"

#include "mlir/IR/OperationSupport.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace tern;

namespace {

// Turns text into patterns; remembers which values have been captured.
class Patterns {
public:
  // `isStart`: of a line of IR.
  std::string of(StringRef text, bool isStart = true) {
    std::string pattern;
    bool isString = false;
    while (!text.empty()) {
      if (!isString && text.front() == '%')
        pattern += value(text, isStart);
      else if (text.starts_with("[[") || text.starts_with("{{"))
        pattern += bracket(text);
      else {
        bool isEscape = isString && text.front() == '\\' && text.size() > 1;
        isString ^= text.front() == '"';
        pattern += text.take_front(isEscape ? 2 : 1);
        text = text.drop_front(isEscape ? 2 : 1);
      }
      isStart = false;
    }
    return pattern;
  }

private:
  // "%QKV#1" -> "%[[QKV]]#1". A capture in the middle of a line ends at the character that follows: there may be a
  // second place further on where the rest of the line matches.
  std::string value(StringRef &text, bool isStart) {
    StringRef name = text.drop_front().take_while([](char c) { return llvm::isAlnum(c) || c == '_'; });
    text = text.drop_front(1 + name.size());
    if (!captured.insert(name).second)
      return "%[[" + name.str() + "]]";
    std::string any = isStart || text.empty() ? ".*" : std::string("[^") + text.front() + "]*";
    return "%[[" + name.str() + ":" + any + "]]";
  }

  // Two brackets in a row would start a pattern.
  static std::string bracket(StringRef &text) {
    char c = text.front();
    StringRef run = text.take_while([c](char each) { return each == c; });
    text = text.drop_front(run.size());
    std::string escaped;
    for (size_t index = 0; index < run.size(); ++index)
      escaped += std::string("\\") + c;
    return "{{" + escaped + "}}";
  }

  llvm::StringSet<> captured;
};

} // namespace

static std::string textOf(Operation *op) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  op->print(stream, OpPrintingFlags().useLocalScope().printNameLocAsPrefix());
  return text;
}

static std::string directive(StringRef kind, const std::string &pattern) {
  static constexpr size_t width = sizeof("// CHECK-LABEL: ") - 1;
  std::string head = "// CHECK" + kind.str() + ":";
  head.resize(width, ' ');
  return head + pattern;
}

// The signature: the label cannot capture, so it ends before the arguments, each of which has a line of its own.
static void addSignature(StringRef line, Patterns &patterns, std::vector<std::string> &lines) {
  if (!line.contains('%')) {
    lines.push_back(directive("-LABEL", patterns.of(line)));
    return;
  }
  size_t open = line.find('(', line.find('@'));
  lines.push_back(directive("-LABEL", line.take_front(open + 1).str()));
  StringRef rest = line.drop_front(open + 1);
  while (!rest.empty()) {
    size_t next = rest.find(", %");
    StringRef argument = next == StringRef::npos ? rest : rest.take_front(next + 1);
    lines.push_back(directive("-SAME", "    " + patterns.of(argument, /*isStart=*/false)));
    rest = rest.drop_front(argument.size()).ltrim();
  }
}

std::vector<std::string> tern::checkLines(Operation *op) {
  std::vector<std::string> lines;
  Patterns patterns;
  auto function = dyn_cast<FunctionOpInterface>(op);
  bool isFirst = true, hasLabel = function && !function.isExternal();
  std::string text = textOf(op);
  for (StringRef line : llvm::split(text, '\n')) {
    size_t indent = line.size() - line.ltrim().size();
    if (isFirst && hasLabel)
      addSignature(line, patterns, lines);
    else
      lines.push_back(directive(isFirst ? "" : "-NEXT", std::string(indent, ' ') + patterns.of(line.ltrim())));
    isFirst = false;
  }
  return lines;
}

std::vector<std::string> tern::checkLinesOfHeader(Operation *module) {
  if (module->getAttrs().empty())
    return {};
  std::string text = textOf(module);
  return {directive("", Patterns().of(StringRef(text).split('\n').first))};
}
