// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The config.json of a published model. Every key of it is asked for or named as one that changes nothing; what is left, and
// what was found wrong, is listed as a whole.

#ifndef TERN_COMPILER_TOOLS_IMPORT_CONFIG_H
#define TERN_COMPILER_TOOLS_IMPORT_CONFIG_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"

#include <optional>

namespace tern {

/// JSON of a file that somebody else wrote: refused when nested deeper than any such file is.
llvm::Expected<llvm::json::Value> parseForeignJson(llvm::StringRef text, const llvm::Twine &where);

/// The same from a file of moderate size.
llvm::Expected<llvm::json::Value> readForeignJson(llvm::StringRef path);

class Config {
public:
  static llvm::Expected<Config> read(llvm::StringRef path);
  Config(llvm::json::Object values, llvm::StringRef path) : values(std::move(values)), path(path) {}

  /// Whether a key is there and not null. Does not count as asking for it.
  bool has(llvm::StringRef key) const;
  bool saysNull(llvm::StringRef key) const { return values.get(key) && !has(key); }

  /// A size, a number above zero, a number in [0, 1), a truth value, a word. Without `otherwise` the key must be there. What is wrong
  /// becomes a problem, and the answer some valid value.
  int64_t size(llvm::StringRef key, std::optional<int64_t> otherwise = {});
  int64_t layers(llvm::StringRef key, std::optional<int64_t> otherwise = {}); // a size that is not too large for a table
  double positive(llvm::StringRef key, std::optional<double> otherwise = {});
  double rate(llvm::StringRef key, double otherwise);
  bool flag(llvm::StringRef key, bool otherwise);
  std::string word(llvm::StringRef key, llvm::StringRef otherwise);
  /// What stands there, null where nothing does.
  const llvm::json::Value *value(llvm::StringRef key);

  /// Keys that change nothing in what the model computes.
  void leaveOut(llvm::ArrayRef<llvm::StringRef> keys);
  /// Cannot be mapped: "'key' = value: why".
  void refuse(llvm::StringRef key, const llvm::Twine &why);
  void problem(const llvm::Twine &text) { problems.push_back(text.str()); }
  void refuseUnless(bool holds, llvm::StringRef key, const llvm::Twine &why);

  /// All problems in one message, keys that nobody asked for among them.
  llvm::Error finish();
  /// The keys that went into the model and those that change nothing, in alphabetical order.
  std::vector<std::string> mapped() const;
  std::vector<std::string> leftOut() const;

private:
  std::optional<double> number(llvm::StringRef key);

  llvm::json::Object values;
  std::string path;
  llvm::StringSet<> asked, ignored;
  std::vector<std::string> problems;
};

} // namespace tern

#endif // TERN_COMPILER_TOOLS_IMPORT_CONFIG_H
