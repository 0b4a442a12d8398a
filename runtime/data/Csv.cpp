// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A record at a time: split into fields with their places, then turned into numbers.

#include "runtime/data/Csv.h"

#include "runtime/core/Json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace tern::rt {

namespace {

struct Field {
  std::string text;
  int64_t line, column; // of its first character, from 1; columns count bytes
};

class CsvReader {
public:
  CsvReader(std::string_view text, const std::string &path) : rest(text), path(path) {
    if (rest.starts_with("\xef\xbb\xbf"))
      rest.remove_prefix(3);
  }

  // The next record that is not an empty line; empty at the end.
  Result<std::vector<Field>> next() {
    while (!rest.empty() && (rest.front() == '\n' || rest.front() == '\r'))
      take();
    std::vector<Field> record;
    while (!rest.empty()) {
      TERN_ASSIGN(Field field, readField());
      record.push_back(std::move(field));
      if (rest.empty() || takeLineEnd())
        break;
      take(); // the comma
      if (rest.empty())
        record.push_back({"", line, column});
    }
    return record;
  }

private:
  char take() {
    char byte = rest.front();
    rest.remove_prefix(1);
    column = byte == '\n' ? 1 : column + 1;
    line += byte == '\n';
    return byte;
  }

  bool atFieldEnd() const {
    return rest.empty() || rest.front() == ',' || rest.front() == '\n' || rest.front() == '\r';
  }

  bool takeLineEnd() {
    if (rest.front() != '\n' && rest.front() != '\r')
      return false;
    if (take() == '\r' && !rest.empty() && rest.front() == '\n')
      take();
    return true;
  }

  Result<Field> readField() {
    Field field{"", line, column};
    if (rest.front() == '"')
      return readQuoted(std::move(field));
    while (!atFieldEnd()) {
      if (rest.front() == '"')
        return error(path, ":", line, ":", column, ": a quote inside a field that does not start with one");
      field.text += take();
    }
    return field;
  }

  Result<Field> readQuoted(Field field) {
    take();
    while (!rest.empty()) {
      if (char byte = take(); byte != '"') {
        field.text += byte;
      } else if (!rest.empty() && rest.front() == '"') {
        field.text += take();
      } else if (atFieldEnd()) {
        return field;
      } else {
        return error(path, ":", line, ":", column, ": text after the closing quote of a field");
      }
    }
    return error(path, ":", field.line, ":", field.column, ": this quoted field is not closed");
  }

  std::string_view rest;
  const std::string &path;
  int64_t line = 1, column = 1;
};

std::optional<double> asNumber(std::string_view text) {
  auto isBlank = [](char byte) { return byte == ' ' || byte == '\t'; };
  while (!text.empty() && isBlank(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && isBlank(text.back()))
    text.remove_suffix(1);
  if (text.starts_with('+'))
    text.remove_prefix(1);
  double value;
  auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  bool isWhole = failure == std::errc() && end == text.data() + text.size() && !text.empty();
  return isWhole && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

bool isHeader(const std::vector<Field> &record) {
  return std::ranges::none_of(record, [](const Field &field) { return asNumber(field.text).has_value(); });
}

Status appendRow(const std::vector<Field> &record, const std::string &path, CsvTable &table) {
  if (static_cast<int64_t>(record.size()) != table.columns)
    return error(path, ":", record[0].line, ":", record[0].column, ": this row has ", record.size(),
                 " fields, the first one has ", table.columns);
  for (const Field &field : record) {
    std::optional<double> value = asNumber(field.text);
    if (!value)
      return error(path, ":", field.line, ":", field.column, ": ",
                   field.text.empty() ? "a value is missing" : jsonString(field.text) + " is not a finite number");
    table.values.push_back(*value);
  }
  return success();
}

} // namespace

Result<CsvTable> parseCsv(std::string_view text, const std::string &path) {
  CsvReader reader(text, path);
  CsvTable table;
  while (true) {
    TERN_ASSIGN(std::vector<Field> record, reader.next());
    if (record.empty())
      break;
    bool isFirst = table.columns == 0;
    if (isFirst)
      table.columns = static_cast<int64_t>(record.size());
    if (!isFirst || !isHeader(record)) {
      TERN_TRY(appendRow(record, path, table));
      continue;
    }
    for (Field &field : record)
      table.header.push_back(std::move(field.text));
  }
  if (table.values.empty())
    return error("'", path, "' has no rows of numbers");
  return table;
}

} // namespace tern::rt
