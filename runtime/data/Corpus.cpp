// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lines, columns, and ids.

#include "runtime/data/Corpus.h"

#include "runtime/core/Files.h"
#include "runtime/data/DefaultText.h"
#include "runtime/text/Utf8.h"

#include <algorithm>

namespace tern::rt {

std::string placeText(const Place &place) {
  return (place.file ? "'" + *place.file + "'" : std::string("the default text")) + ", " + place.unit + " " +
         std::to_string(place.line);
}

std::string shortened(std::string_view text) {
  constexpr size_t shown = 60;
  return text.size() <= shown ? std::string(text) : replaceInvalid(text.substr(0, shown)) + "...";
}

// Of a file that is no text, every line would be an example.
static Status checkText(std::string_view line, const Place &place) {
  if (size_t at = line.find('\0'); at != std::string_view::npos)
    return error(placeText(place), " has a NUL byte, its byte ", at,
                 ": not a text in UTF-8; convert the file (iconv -t UTF-8), or give another");
  for (size_t at = 0; at < line.size();) {
    Utf8Step step = nextCharacter(line.substr(at));
    if (step.kind != Utf8Kind::Character)
      return error(placeText(place), " is not valid UTF-8 at its byte ", at,
                   "; convert the file (iconv -t UTF-8), or remove the line");
    at += step.bytes;
  }
  return success();
}

Status forEachLine(std::string_view text, const std::string *path,
                   const std::function<Status(std::string_view line, const Place &place)> &visit) {
  constexpr std::string_view byteOrderMark = "\xef\xbb\xbf";
  if (text.starts_with(byteOrderMark))
    text.remove_prefix(byteOrderMark.size());
  Place place{path, 0};
  while (!text.empty()) {
    size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r'))
      line.remove_suffix(1);
    ++place.line;
    TERN_TRY(checkText(line, place));
    TERN_TRY(visit(line, place));
  }
  return success();
}

std::vector<std::string_view> splitTabs(std::string_view line) {
  std::vector<std::string_view> columns;
  for (size_t at = 0;;) {
    size_t end = line.find('\t', at);
    columns.push_back(line.substr(at, end - at));
    if (end == std::string_view::npos)
      return columns;
    at = end + 1;
  }
}

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

std::string cutText(int64_t count) {
  if (count == 0)
    return "";
  return std::to_string(count) + (count == 1 ? " text" : " texts") + " cut to the length of " +
         (count == 1 ? "its" : "their") + " input";
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
