// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Messages on their way between the editor and the server.

#include "compiler/tools/lsp/Filter.h"

#include "compiler/support/Version.h"
#include "compiler/tools/lsp/ModelCheck.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;
using namespace tern::lsp;

// Of JSON-RPC and of the protocol.
static constexpr int parseError = -32700, invalidRequest = -32600, internalError = -32603, notInitialized = -32002;
static constexpr int errorSeverity = 1;
static constexpr unsigned mostDeaths = 10;
// Names our own requests to a server; editors take numbers or words of their own.
static constexpr StringLiteral ownId = "tern-lsp-server";

static std::string keyOf(const json::Value &id) { return formatv("{0}", id).str(); }

static StringRef uriOf(const json::Object *parameters) {
  const json::Object *document = parameters ? parameters->getObject("textDocument") : nullptr;
  return document ? document->getString("uri").value_or("") : "";
}

const Filter::Document *Filter::documentOf(const json::Object *parameters) const {
  auto found = documents.find(uriOf(parameters));
  return found == documents.end() ? nullptr : &found->second;
}

//===-- to the editor --------------------------------------------------------------------------------------------===//

void Filter::reply(json::Value id, json::Value result) {
  doors.toEditor(json::Object{{"jsonrpc", "2.0"}, {"id", std::move(id)}, {"result", std::move(result)}});
}

void Filter::refuse(json::Value id, int code, StringRef why) {
  json::Object error{{"code", code}, {"message", why.str()}};
  doors.toEditor(json::Object{{"jsonrpc", "2.0"}, {"id", std::move(id)}, {"error", std::move(error)}});
}

//===-- from the editor ------------------------------------------------------------------------------------------===//

void Filter::fromEditor(StringRef body) {
  Expected<json::Value> value = json::parse(body);
  if (!value)
    return refuse(nullptr, parseError, "not JSON: " + toString(value.takeError()));
  json::Object *message = value->getAsObject();
  std::optional<StringRef> method = message ? message->getString("method") : std::nullopt;
  bool isAnswer = message && message->get("id") && !message->get("method");
  if (isAnswer)
    return doors.toServer(std::move(*message));
  if (!method)
    return refuse(nullptr, invalidRequest, "expected an object with a method");
  std::string name = method->str();
  if (message->get("id"))
    return request(name, std::move(*message));
  notification(name, std::move(*message));
}

void Filter::forward(StringRef method, json::Object message, json::Value addition) {
  json::Value id = *message.get("id");
  pending.insert_or_assign(keyOf(id), Pending{id, method.str(), std::move(addition)});
  doors.toServer(std::move(message));
}

// {"capabilities": {"textDocument": {"completion": {"completionItem": {"snippetSupport": true}}}}}
static bool takesSnippets(const json::Object *object) {
  for (StringRef key : {"capabilities", "textDocument", "completion", "completionItem"})
    object = object ? object->getObject(key) : nullptr;
  return object && object->getBoolean("snippetSupport").value_or(false);
}

void Filter::request(StringRef method, json::Object message) {
  const json::Object *parameters = message.getObject("params");
  json::Value id = *message.get("id");
  if (method == "initialize") {
    initialization = json::Object(message);
    snippets = takesSnippets(parameters);
    return forward(method, std::move(message));
  }
  if (initialization == nullptr)
    return refuse(id, notInitialized, "the first request is initialize");
  if (shutdown)
    return refuse(id, invalidRequest, "no request is answered after shutdown");
  shutdown = method == "shutdown";
  if (method == "textDocument/hover")
    return forward(method, std::move(message), hover(parameters));
  if (method == "textDocument/completion") {
    if (std::optional<json::Array> items = completion(parameters))
      return reply(id, json::Object{{"isIncomplete", false}, {"items", std::move(*items)}});
    return forward(method, std::move(message), valuesAt(parameters));
  }
  forward(method, std::move(message));
}

void Filter::notification(StringRef method, json::Object message) {
  if (method == "exit") {
    exited = true;
    return doors.toServer(std::move(message));
  }
  if (method.starts_with("textDocument/did"))
    return changeDocument(method, std::move(message));
  doors.toServer(std::move(message));
}

// The text after the last change. Editors have been told to send whole texts.
static std::optional<StringRef> newText(const json::Object &parameters) {
  if (const json::Object *document = parameters.getObject("textDocument"))
    if (std::optional<StringRef> text = document->getString("text"))
      return text;
  const json::Array *changes = parameters.getArray("contentChanges");
  const json::Object *change = changes && !changes->empty() ? changes->back().getAsObject() : nullptr;
  return change && !change->get("range") ? change->getString("text") : std::nullopt;
}

void Filter::changeDocument(StringRef method, json::Object message) {
  const json::Object *parameters = message.getObject("params");
  std::string uri = uriOf(parameters).str();
  if (uri.empty())
    return; // nothing to answer, and nothing to understand
  if (method == "textDocument/didClose") {
    doors.forget(uri);
    documents.erase(uri);
    return doors.toServer(std::move(message));
  }
  std::optional<StringRef> text = newText(*parameters);
  if (!text)
    return; // didSave and the like
  Document &document = documents[uri];
  document.text = text->str();
  document.version = parameters->getObject("textDocument")->getInteger("version").value_or(document.version + 1);
  document.published = nullptr;
  doors.forget(uri);
  // Upstream takes one change, and takes it for a document that it has never seen as well.
  json::Object content{{"uri", uri}, {"languageId", "mlir"}, {"version", document.version}, {"text", document.text}};
  json::Array changes{json::Object{{"text", document.text}}};
  json::Object whole{{"textDocument", std::move(content)}, {"contentChanges", std::move(changes)}};
  doors.toServer(json::Object{{"jsonrpc", "2.0"}, {"method", method}, {"params", std::move(whole)}});
}

//===-- from the server ------------------------------------------------------------------------------------------===//

void Filter::fromServer(json::Value value) {
  json::Object *message = value.getAsObject();
  if (!message)
    return;
  if (message->getString("method") == StringRef("textDocument/publishDiagnostics"))
    return publish(std::move(*message));
  if (!message->get("method") && message->get("id"))
    return answered(std::move(*message));
  doors.toEditor(std::move(value));
}

// Documentation first; below it what the server knows of this very op.
static void addHover(json::Object &message, json::Object ours) {
  const json::Object *theirs = message.getObject("result");
  const json::Object *contents = theirs ? theirs->getObject("contents") : nullptr;
  if (std::optional<StringRef> text = contents ? contents->getString("value") : std::nullopt) {
    json::Object &mine = *ours.getObject("contents");
    mine["value"] = (*mine.getString("value") + "\n---\n\n" + *text).str();
  }
  message.erase("error");
  message["result"] = std::move(ours);
}

// The server's items know types: ours are for texts that it cannot read.
static void addItems(json::Object &message, json::Array ours) {
  const json::Object *theirs = message.getObject("result");
  const json::Array *items = theirs ? theirs->getArray("items") : nullptr;
  if (ours.empty() || (items && !items->empty()))
    return;
  message.erase("error");
  message["result"] = json::Object{{"isIncomplete", false}, {"items", std::move(ours)}};
}

static void introduce(json::Object &message) {
  json::Object *result = message.getObject("result");
  if (!result)
    return;
  (*result)["serverInfo"] = json::Object{{"name", "tern-lsp-server"}, {"version", TERN_VERSION}};
  json::Object *capabilities = result->getObject("capabilities");
  json::Object *provider = capabilities ? capabilities->getObject("completionProvider") : nullptr;
  if (json::Array *triggers = provider ? provider->getArray("triggerCharacters") : nullptr)
    triggers->push_back("@");
}

void Filter::answered(json::Object message) {
  const json::Value &id = *message.get("id");
  if (id == json::Value(ownId))
    return;
  auto found = pending.find(keyOf(id));
  if (found == pending.end())
    return doors.toEditor(std::move(message));
  Pending request = std::move(found->second);
  pending.erase(found);
  if (request.method == "initialize") {
    ready = true;
    introduce(message);
  }
  if (json::Object *ours = request.addition.getAsObject())
    addHover(message, std::move(*ours));
  if (json::Array *ours = request.addition.getAsArray())
    addItems(message, std::move(*ours));
  doors.toEditor(std::move(message));
}

static bool hasErrors(const json::Object &parameters) {
  const json::Array *diagnostics = parameters.getArray("diagnostics");
  return diagnostics && any_of(*diagnostics, [](const json::Value &diagnostic) {
           const json::Object *object = diagnostic.getAsObject();
           return object && object->getInteger("severity") == errorSeverity;
         });
}

void Filter::publish(json::Object message) {
  json::Object *parameters = message.getObject("params");
  auto found = documents.find(parameters ? parameters->getString("uri").value_or("") : "");
  if (found == documents.end())
    return doors.toEditor(std::move(message));
  Document &document = found->second;
  if (parameters->getInteger("version").value_or(document.version) != document.version)
    return; // of an older text; what it says of the newer one is on its way
  if (hasErrors(*parameters) || !isModel(document.text))
    return doors.toEditor(std::move(message));
  document.published = std::move(message);
  doors.check(found->first, document.text);
}

void Filter::checked(const std::string &uri, json::Array diagnostics) {
  auto found = documents.find(uri);
  if (found == documents.end() || found->second.published == nullptr)
    return;
  json::Value message = std::exchange(found->second.published, nullptr);
  json::Array &known = *message.getAsObject()->getObject("params")->getArray("diagnostics");
  for (json::Value &diagnostic : diagnostics)
    known.push_back(std::move(diagnostic));
  doors.toEditor(std::move(message));
}

//===-- another server -------------------------------------------------------------------------------------------===//

bool Filter::replaceServer(StringRef why) {
  for (auto &[key, request] : pending) {
    json::Object *ours = request.addition.getAsObject();
    if (ours)
      reply(request.id, std::move(*ours));
    else
      refuse(request.id, internalError, why);
  }
  pending.clear();
  bool again = ready && ++deaths <= mostDeaths;
  std::string text = (why + (again ? "; it goes on with the next change" : "")).str();
  doors.toEditor(json::Object{{"jsonrpc", "2.0"},
                              {"method", "window/showMessage"},
                              {"params", json::Object{{"type", errorSeverity}, {"message", text}}}});
  if (!again)
    return false;
  json::Object initialize(*initialization.getAsObject());
  initialize["id"] = ownId;
  doors.toServer(std::move(initialize));
  doors.toServer(json::Object{{"jsonrpc", "2.0"}, {"method", "initialized"}, {"params", json::Object{}}});
  return true;
}
