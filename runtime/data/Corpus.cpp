// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lines, columns, and ids.

#include "runtime/data/Corpus.h"

#include "runtime/core/Files.h"
#include "runtime/data/DefaultText.h"

#include <algorithm>

namespace tern::rt {

std::string placeText(const Place &place) {
  return (place.file ? "'" + *place.file + "'" : std::string("the default text")) + ", line " + std::to_string(place.line);
}

static std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (size_t at = 0;;) {
    size_t end = text.find(separator, at);
    parts.push_back(text.substr(at, end - at));
    if (end == std::string_view::npos)
      return parts;
    at = end + 1;
  }
}

std::vector<std::string_view> splitLines(std::string_view text) {
  std::vector<std::string_view> lines = split(text, '\n');
  if (lines.back().empty())
    lines.pop_back();
  for (std::string_view &line : lines)
    if (line.ends_with('\r'))
      line.remove_suffix(1);
  return lines;
}

std::vector<std::string_view> splitTabs(std::string_view line) { return split(line, '\t'); }

Result<std::vector<int32_t>> Encoder::encode(std::string_view text, const Place &place) const {
  std::vector<int32_t> ids;
  if (Status encoded = tokenizer.encode(text, ids); !encoded.ok())
    return error(placeText(place), ": ", encoded.message());
  for (int32_t id : ids)
    if (id < 0 || id >= limit())
      return error(placeText(place), " holds token ", id, ", but the program's vocabulary has ", limit(), " entries (tokenizer '",
                   tokenizer.name(), "' has ", tokenizer.vocabularySize(),
                   "); compile the model with a larger vocabulary (ternc --define vocab=N) or use another tokenizer");
  return ids;
}

static const char *nameOf(SpecialToken token) {
  constexpr const char *names[] = {"padding", "begin", "end", "mask"};
  return names[static_cast<int>(token)];
}

Result<int32_t> Encoder::special(SpecialToken token) const {
  int32_t id = tokenizer.special(token);
  if (id < limit())
    return id;
  return error("this data needs a token '", nameOf(token), "', which has id ", id, " with the tokenizer '", tokenizer.name(),
               "', but the program's vocabulary has ", limit(), " entries; compile the model with ternc --define vocab=",
               tokenizer.vocabularySize() + specialTokenCount);
}

int32_t Encoder::padding() const {
  int32_t id = tokenizer.special(SpecialToken::Pad);
  return id < limit() ? id : 0;
}

Result<int64_t> lengthOf(const tern_entry &entry, std::string_view role) {
  const tern_tensor *tensor = findInput(entry, role);
  if (!tensor || tensor->rank != 2 || tensor->dtype != TERN_I32)
    return error("entry '", entry.name, "' has no input '", role, "' of shape (batch, length) and type i32");
  return tensor->shape[1];
}

std::string filesText(const DataOptions &options) {
  if (options.files.empty())
    return "the default text";
  return options.files.size() == 1 ? options.files[0] : std::to_string(options.files.size()) + " files";
}

std::string_view defaultCorpus() { return defaultText(); }

Status forEachFile(const std::vector<std::string> &files,
                   const std::function<Status(std::string_view text, const std::string &path)> &visit) {
  for (const std::string &path : files) {
    TERN_ASSIGN(MappedFile file, MappedFile::open(path));
    TERN_TRY(visit(file.text(), path));
  }
  return success();
}

} // namespace tern::rt
