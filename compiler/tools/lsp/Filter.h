// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Stands between an editor and upstream's server and adds what that does not know: documentation, completion in files
// that do not parse, what the compiler says of a model. It sees messages only; pipes and processes are its owner's.

#ifndef TERN_COMPILER_TOOLS_LSP_FILTER_H
#define TERN_COMPILER_TOOLS_LSP_FILTER_H

#include "compiler/tools/lsp/Text.h"

#include "llvm/Support/JSON.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace tern::lsp {

/// Where messages go.
struct Doors {
  std::function<void(llvm::json::Value)> toEditor, toServer;
  /// Starts a check of a document, in place of the one of an older version; `checked` is called with what it found.
  std::function<void(const std::string &uri, const std::string &text)> check;
  /// Nobody waits any more for the check of this document.
  std::function<void(const std::string &uri)> forget;
};

class Filter {
public:
  /// `opNames` are offered besides the ops that have documentation.
  Filter(Doors doors, std::vector<std::string> opNames) : doors(std::move(doors)), opNames(std::move(opNames)) {}

  /// The body of a message, whatever it is.
  void fromEditor(llvm::StringRef body);
  void fromServer(llvm::json::Value message);
  void checked(const std::string &uri, llvm::json::Array diagnostics);

  /// The server has ended: what it owed is answered with an error. Returns whether a new one can take its place; it has
  /// then been told what the old one knew, but for the documents, which it gets with their next change, because one of
  /// them may be what the old one died of.
  bool replaceServer(llvm::StringRef why);

  bool hasExited() const { return exited; }
  /// As the protocol wants it: 0 after `shutdown`.
  int exitStatus() const { return shutdown ? 0 : 1; }

private:
  struct Document {
    std::string text;
    int64_t version = 0;
    llvm::json::Value published; // the server's diagnostics, which wait for those of the check; null
    Document() : published(nullptr) {}
  };
  /// A request that the server has not answered yet.
  struct Pending {
    llvm::json::Value id;
    std::string method;
    llvm::json::Value addition; // ours: a hover, completion items, or null
  };

  void request(llvm::StringRef method, llvm::json::Object message);
  void notification(llvm::StringRef method, llvm::json::Object message);
  void changeDocument(llvm::StringRef method, llvm::json::Object message);
  void forward(llvm::StringRef method, llvm::json::Object message, llvm::json::Value addition = nullptr);
  void reply(llvm::json::Value id, llvm::json::Value result);
  void refuse(llvm::json::Value id, int code, llvm::StringRef why);
  void answered(llvm::json::Object message);
  void publish(llvm::json::Object message);

  const Document *documentOf(const llvm::json::Object *parameters) const;
  llvm::json::Value hover(const llvm::json::Object *parameters) const;
  /// Ours alone, or nothing where the server is to be asked.
  std::optional<llvm::json::Array> completion(const llvm::json::Object *parameters) const;
  llvm::json::Array valuesAt(const llvm::json::Object *parameters) const;
  llvm::json::Array opsAt(const Document &document, Span typed) const;

  Doors doors;
  std::vector<std::string> opNames;
  std::map<std::string, Document, std::less<>> documents;
  std::map<std::string, Pending> pending;
  llvm::json::Value initialization = nullptr; // the editor's request
  bool ready = false;                         // the server has answered it
  bool snippets = false;                      // the editor takes them
  bool shutdown = false, exited = false;
  unsigned deaths = 0;
};

} // namespace tern::lsp

#endif // TERN_COMPILER_TOOLS_LSP_FILTER_H
