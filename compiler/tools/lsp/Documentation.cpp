// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From the pages that mlir-tblgen writes to one entry per op and pass.

#include "compiler/tools/lsp/Documentation.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Regex.h"

#include <optional>

using namespace llvm;
using namespace tern::lsp;

// One string per page; see CMakeLists.txt.
static constexpr const char *pages[] = {
#include "compiler/tools/lsp/Documentation.inc"
};

//===-- snippets -------------------------------------------------------------------------------------------------===//

static int depthOf(StringRef line) { return int(line.count('{')) - int(line.count('}')); }

// The statement of the first example that uses the op, from the op's name on: further lines belong to it while a brace
// is open, or while one ends as only a beginning does.
static std::string statementOf(StringRef text, StringRef op) {
  auto [before, example] = text.split("```mlir\n");
  example = example.split("```").first;
  std::string statement;
  int depth = 0;
  while (!example.empty()) {
    auto [line, rest] = example.split('\n');
    example = rest;
    size_t at = statement.empty() ? line.find(op) : 0;
    if (at == StringRef::npos)
      continue;
    statement += line.drop_front(at);
    depth += depthOf(line.drop_front(at));
    if (depth <= 0 && !line.rtrim().ends_with(":") && !line.rtrim().ends_with(",") && !line.rtrim().ends_with("("))
      break;
    statement += "\n";
  }
  return statement;
}

static std::string escaped(StringRef text) {
  std::string result;
  for (char c : text) {
    if (c == '$' || c == '}' || c == '\\')
      result += '\\';
    result += c;
  }
  return result;
}

static std::string snippetOf(StringRef statement) {
  // Values, texts, tensor types and numbers are what one changes.
  static const Regex variable("%[A-Za-z0-9_$.]+(#[0-9]+)?|\"[^\"]*\"|tensor<[^>]*>|-?[0-9][0-9.e-]*");
  std::string snippet;
  SmallVector<StringRef> parts;
  for (unsigned number = 1; variable.match(statement, &parts);) {
    size_t at = parts[0].data() - statement.data();
    bool insideWord = at > 0 && (isAlnum(statement[at - 1]) || statement[at - 1] == '_');
    snippet += escaped(statement.take_front(at));
    if (insideWord)
      snippet += escaped(parts[0]);
    else
      snippet += "${" + std::to_string(number++) + ":" + escaped(parts[0]) + "}";
    statement = statement.drop_front(at + parts[0].size());
  }
  return snippet + escaped(statement);
}

//===-- pages ----------------------------------------------------------------------------------------------------===//

// "### `tern.attention` (::tern::AttentionOp)" or "### `-tern-fuse-qkv`".
static StringRef nameIn(StringRef heading) { return heading.split('`').second.split('`').first.ltrim('-'); }

static StringRef summaryIn(StringRef body) {
  StringRef line = body.ltrim().split('\n').first;
  return line.starts_with("_") && line.ends_with("_") ? line.drop_front().drop_back() : StringRef();
}

// A row of mlir-tblgen's tables, of which that of attributes is HTML, as "* `heads`: a size". Not all readers show
// tables.
static std::optional<std::string> asListItem(StringRef line) {
  static const Regex attribute("^<tr><td><code>(.*)</code></td><td>.*</td><td>(.*)</td></tr>$");
  static const Regex operand("^\\| (`.*`) \\| (.*) \\|$");
  SmallVector<StringRef> parts;
  if (attribute.match(line, &parts))
    return ("* `" + parts[1] + "`: " + parts[2]).str();
  if (operand.match(line, &parts))
    return ("* " + parts[1] + ": " + parts[2]).str();
  return std::nullopt;
}

// Frames of tables, and what only says how the op is implemented.
static bool isLeftOut(StringRef line) {
  static const Regex frame("^(</?table>|<tr><th>.*|\\| :.*: \\| -+ \\||\\| (Operand|Result) \\| Description \\||"
                           "Traits: .*|Effects: .*)$");
  return frame.match(line);
}

// For a window of an editor: lists for tables, headings that are small, and an empty line before code.
static std::string forEditors(StringRef text) {
  std::string result;
  bool inside = false;
  while (!text.empty()) {
    auto [line, rest] = text.split('\n');
    text = rest;
    bool fence = line.starts_with("```"), afterEmpty = StringRef(result).ends_with("\n\n");
    if (!inside && (isLeftOut(line) || (line.empty() && afterEmpty)))
      continue;
    if (fence && !inside && !afterEmpty)
      result += "\n";
    inside ^= fence;
    std::optional<std::string> listItem = inside ? std::nullopt : asListItem(line);
    result += (listItem ? *listItem : line.str()) + "\n";
  }
  return result;
}

static Entry entryOf(StringRef name, StringRef body) {
  Entry entry;
  entry.summary = summaryIn(body).str();
  entry.text = "### `" + name.str() + "`\n\n" + forEditors(body.trim());
  std::string statement = statementOf(body, name);
  entry.snippet = snippetOf(statement);
  entry.example = StringRef(statement).split(" :").first.split('\n').first.str();
  return entry;
}

static Documentation parsePage(StringRef markdown) {
  Documentation result;
  SmallVector<StringRef> sections;
  // A section begins with a heading of level 3, which is at the start of a line.
  markdown.split(sections, "\n### ");
  for (StringRef section : ArrayRef(sections).drop_front()) {
    auto [heading, body] = section.split('\n');
    std::string name = nameIn(heading).str();
    bool isPass = heading.starts_with("`-");
    (isPass ? result.passes : result.ops)[name] = entryOf(name, body);
  }
  return result;
}

const Documentation &tern::lsp::documentation() {
  static const Documentation all = [] {
    Documentation result;
    for (StringRef page : pages) {
      Documentation part = parsePage(page);
      result.ops.merge(part.ops);
      result.passes.merge(part.passes);
    }
    return result;
  }();
  return all;
}
