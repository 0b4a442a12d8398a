// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Names are found in the text; definitions go from line to line, uses follow them.

#include "compiler/tools/StableNames.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"

using namespace llvm;
using namespace tern;

static bool isNameChar(char c) { return isAlnum(c) || c == '_' || c == '$' || c == '.' || c == '-'; }

std::vector<NameToken> tern::findNames(StringRef line) {
  std::vector<NameToken> names;
  bool inString = false;
  for (size_t at = 0; at < line.size(); ++at) {
    if (line[at] == '"')
      inString = !inString;
    bool isBlock = line[at] == '^' && line.substr(at).starts_with("^bb");
    if (inString || (line[at] != '%' && !isBlock))
      continue;
    size_t end = at + 1;
    while (end < line.size() && isNameChar(line[end]))
      ++end;
    if (end > at + 1)
      names.push_back({at, end});
    at = end - 1;
  }
  return names;
}

static std::string replaceNames(StringRef line, function_ref<StringRef(size_t, NameToken)> nameOf) {
  std::string text;
  size_t done = 0;
  for (auto [index, token] : enumerate(findNames(line))) {
    text += line.slice(done, token.begin);
    text += nameOf(index, token);
    done = token.end;
  }
  text += line.substr(done);
  return text;
}

std::string tern::withoutNames(StringRef line) {
  return replaceNames(line, [&](size_t, NameToken name) { return line.substr(name.begin, 1); });
}

static bool isHeader(StringRef line) { return line.ltrim().starts_with("^"); }

// "%cst_5" -> "%cst_", "%arg12" -> "%arg", "%7" -> "%".
static StringRef stemOf(StringRef name) { return name.rtrim("0123456789"); }

unsigned tern::firstFreeNumber(ArrayRef<std::string> lines) {
  unsigned free = 0;
  for (StringRef line : lines)
    for (NameToken token : findNames(line)) {
      StringRef name = line.slice(token.begin, token.end);
      unsigned number;
      if (!name.substr(stemOf(name).size()).getAsInteger(10, number))
        free = std::max(free, number + 1);
    }
  return free;
}

namespace {

class Renamer {
public:
  Renamer(std::vector<std::string> &lines, ArrayRef<std::vector<std::string>> defined,
          ArrayRef<const std::string *> previous, unsigned &fresh)
      : lines(lines), defined(defined), previous(previous), fresh(fresh) {}

  void run() {
    nameBlocks();
    for (size_t line = 0; line < lines.size(); ++line)
      rename(line);
  }

private:
  std::string freshFor(StringRef name) {
    StringRef stem = stemOf(name);
    bool needsBar = stem.size() > 1 && stem != "^bb" && stem != "%arg" && !stem.ends_with("_");
    return (stem + (needsBar ? "_" : "") + Twine(fresh++)).str();
  }

  // Branches name blocks before these begin, so blocks come first. A name that several regions use (^bb0) stays.
  void nameBlocks() {
    StringMap<unsigned> headers;
    for (const std::string &line : lines)
      if (isHeader(line))
        ++headers[blockOf(line)];
    for (auto [line, old] : zip_equal(lines, previous)) {
      if (!isHeader(line))
        continue;
      StringRef name = blockOf(line);
      bool isShared = headers[name] > 1;
      names[name] = isShared ? name.str() : old ? blockOf(*old).str() : freshFor(name);
    }
  }

  static StringRef blockOf(StringRef line) {
    return line.ltrim().take_while([](char c) { return c == '^' || isNameChar(c); });
  }

  void rename(size_t index) {
    StringRef line = lines[index];
    std::vector<NameToken> oldNames = previous[index] ? findNames(*previous[index]) : std::vector<NameToken>();
    size_t resultsEnd = line.ltrim().starts_with("%") ? line.find(" = ") : 0;
    lines[index] = replaceNames(line, [&](size_t token, NameToken place) -> StringRef {
      StringRef name = line.slice(place.begin, place.end);
      bool isBlock = name.starts_with("^");
      bool isDefinition =
          !isBlock && (place.begin < resultsEnd || isHeader(line) || is_contained(defined[index], name));
      std::string &shown = names[name];
      bool isForward = isDefinition && forward.erase(name);
      if ((isDefinition && !isForward) || shown.empty()) {
        if (!isDefinition)
          forward.insert(name);
        shown = token < oldNames.size()
                    ? StringRef(*previous[index]).slice(oldNames[token].begin, oldNames[token].end).str()
                    : freshFor(name);
      }
      return shown;
    });
  }

  std::vector<std::string> &lines;
  ArrayRef<std::vector<std::string>> defined;
  ArrayRef<const std::string *> previous;
  unsigned &fresh;
  StringMap<std::string> names; // printed -> shown
  StringSet<> forward;          // used before their definition was seen
};

} // namespace

void tern::keepNames(std::vector<std::string> &lines, ArrayRef<std::vector<std::string>> defined,
                     ArrayRef<const std::string *> previous, unsigned &fresh) {
  Renamer(lines, defined, previous, fresh).run();
}
