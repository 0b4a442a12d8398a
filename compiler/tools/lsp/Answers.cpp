// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the filter knows by itself: texts to hover over, names to go on with.

#include "compiler/tools/lsp/Documentation.h"
#include "compiler/tools/lsp/Filter.h"

using namespace llvm;
using namespace tern::lsp;

// Kinds of the protocol.
static constexpr int functionItem = 3, variableItem = 6, constantItem = 21, eventItem = 23, snippetItem = 15;

static json::Object markdown(const std::string &text) { return json::Object{{"kind", "markdown"}, {"value", text}}; }

//===-- hover ----------------------------------------------------------------------------------------------------===//

static const Entry *lookUp(const std::map<std::string, Entry, std::less<>> &entries, StringRef name) {
  auto found = entries.find(name);
  return found == entries.end() ? nullptr : &found->second;
}

// `@d_model = 768`, also where it is used inside of an expression.
static json::Value hoverSymbol(StringRef text, Span name) {
  if (name.begin == 0 || text[name.begin - 1] != '@')
    return nullptr;
  --name.begin;
  for (const Named &symbol : symbolsIn(text))
    if (symbol.name == name.in(text))
      return json::Object{{"contents", markdown("`" + symbol.name + "` " + symbol.detail + "\n")},
                          {"range", rangeOf(text, name)}};
  return nullptr;
}

json::Value Filter::hover(const json::Object *parameters) const {
  const Document *document = documentOf(parameters);
  std::optional<size_t> place = document ? offsetOf(document->text, parameters->get("position")) : std::nullopt;
  if (!place)
    return nullptr;
  StringRef text = document->text;
  Span span = nameAround(text, *place);
  const Entry *entry = lookUp(documentation().ops, span.in(text));
  if (!entry) {
    span = passNameAround(text, *place);
    entry = lookUp(documentation().passes, span.in(text));
  }
  if (!entry)
    return hoverSymbol(text, nameAround(text, *place));
  return json::Object{{"contents", markdown(entry->text)}, {"range", rangeOf(text, span)}};
}

//===-- completion -----------------------------------------------------------------------------------------------===//

// An item that replaces what has been typed. JSON values do not own what a StringRef shows: they get strings.
static json::Object item(StringRef text, Span typed, const std::string &name, int kind, const std::string &detail) {
  json::Object edit{{"range", rangeOf(text, typed)}, {"newText", name}};
  json::Object result{{"label", name}, {"kind", kind}, {"filterText", name}, {"textEdit", std::move(edit)}};
  if (!detail.empty())
    result["detail"] = detail;
  return result;
}

static json::Object documented(StringRef text, Span typed, const std::string &name, int kind, const Entry &entry) {
  json::Object result = item(text, typed, name, kind, entry.summary);
  result["documentation"] = markdown(entry.text);
  return result;
}

// The op as its example writes it, sorted behind its bare name.
static json::Object snippet(StringRef text, Span typed, const std::string &name, const Entry &entry) {
  json::Object result = item(text, typed, name, snippetItem, "as in the example");
  result["label"] = entry.example;
  result["sortText"] = name + " ~";
  result["insertTextFormat"] = 2;
  (*result.getObject("textEdit"))["newText"] = entry.snippet;
  return result;
}

json::Array Filter::opsAt(const Document &document, Span typed) const {
  StringRef text = document.text, prefix = typed.in(text);
  json::Array items;
  for (const auto &[name, entry] : documentation().ops) {
    if (!StringRef(name).starts_with(prefix))
      continue;
    items.push_back(documented(text, typed, name, functionItem, entry));
    if (snippets && !entry.snippet.empty())
      items.push_back(snippet(text, typed, name, entry));
  }
  for (const std::string &name : opNames)
    if (StringRef(name).starts_with(prefix) && !lookUp(documentation().ops, name))
      items.push_back(item(text, typed, name, functionItem, ""));
  return items;
}

// All but what is being typed, which is no definition yet.
static json::Array namesAt(StringRef text, Span typed, ArrayRef<Named> names, int kind) {
  json::Array items;
  for (const Named &named : names)
    if (StringRef(named.name).starts_with(typed.in(text)) && named.name != typed.in(text))
      items.push_back(item(text, typed, named.name, kind, named.detail));
  return items;
}

static json::Array passesAt(StringRef text, Span typed) {
  json::Array items;
  for (const auto &[name, entry] : documentation().passes)
    if (StringRef(name).starts_with(typed.in(text)))
      items.push_back(documented(text, typed, name, eventItem, entry));
  return items;
}

std::optional<json::Array> Filter::completion(const json::Object *parameters) const {
  const Document *document = documentOf(parameters);
  std::optional<size_t> place = document ? offsetOf(document->text, parameters->get("position")) : std::nullopt;
  if (!place)
    return std::nullopt;
  StringRef text = document->text;
  if (isRunLine(lineBefore(text, *place)))
    return passesAt(text, {passNameAround(text, *place).begin, *place});
  if (std::optional<Span> typed = opNameBefore(text, *place))
    return opsAt(*document, *typed);
  if (std::optional<Span> typed = sigilBefore(text, *place, '@'))
    return namesAt(text, *typed, symbolsIn(text), constantItem);
  return std::nullopt;
}

json::Array Filter::valuesAt(const json::Object *parameters) const {
  const Document *document = documentOf(parameters);
  std::optional<size_t> place = document ? offsetOf(document->text, parameters->get("position")) : std::nullopt;
  if (!place)
    return {};
  StringRef text = document->text;
  std::optional<Span> typed = sigilBefore(text, *place, '%');
  return typed ? namesAt(text, *typed, valuesBefore(text, typed->begin), variableItem) : json::Array();
}
