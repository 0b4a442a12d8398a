// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// directive ::= (`MEM` `:` class | (`FLOPS` | `BYTES`) `:` `@` entry) relation number unit?

#include "compiler/tools/PlanDirectives.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/Support/LLVM.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace tern;

namespace {
struct Unit {
  StringLiteral name;
  uint64_t factor;
};
} // namespace

static constexpr StringLiteral keywords[] = {"MEM", "FLOPS", "BYTES"};
static constexpr std::pair<StringLiteral, Relation> relations[] = {
    {"<=", Relation::AtMost}, {">=", Relation::AtLeast}, {"==", Relation::Equal}, // before their first characters
    {"<", Relation::Below},   {">", Relation::Above}};
static constexpr Unit byteUnits[] = {{"B", 1},          {"KB", 1000},      {"MB", 1000000},  {"GB", 1000000000},
                                     {"KiB", 1u << 10}, {"MiB", 1u << 20}, {"GiB", 1u << 30}};
static constexpr Unit flopUnits[] = {
    {"FLOP", 1}, {"kFLOP", 1000}, {"MFLOP", 1000000}, {"GFLOP", 1000000000}, {"TFLOP", 1000000000000}};

StringRef tern::keywordOf(Directive::Kind kind) { return keywords[kind]; }

bool Limit::allows(uint64_t value, Relation relation) const {
  unsigned __int128 scaled = static_cast<unsigned __int128>(value) * denominator;
  switch (relation) {
  case Relation::AtMost:
    return scaled <= numerator;
  case Relation::AtLeast:
    return scaled >= numerator;
  case Relation::Equal:
    return scaled == numerator;
  case Relation::Below:
    return scaled < numerator;
  case Relation::Above:
    return scaled > numerator;
  }
  llvm_unreachable("every relation is above");
}

namespace {

// Reads one line from left to right; an error is said where the line stops making sense.
class Line {
public:
  Line(StringRef file, unsigned number, StringRef text, MLIRContext &context)
      : file(file), number(number), text(text), rest(text), context(context) {}

  // True when the line is a directive.
  bool start() {
    skipSpace();
    if (rest.consume_front("//"))
      skipSpace();
    for (auto [index, keyword] : llvm::enumerate(keywords)) {
      keywordLocation = here();
      StringRef after = rest;
      if (!after.consume_front(keyword) || !after.consume_front(":"))
        continue;
      kind = Directive::Kind(index);
      rest = after;
      return true;
    }
    return false;
  }

  FailureOr<Directive> read() {
    FailureOr<std::string> subject = readSubject();
    if (failed(subject))
      return failure();
    skipSpace();
    StringRef expected = rest.rtrim();
    FailureOr<Relation> relation = readRelation();
    if (failed(relation))
      return failure();
    Limit limit;
    if (failed(readNumber(limit)) || failed(readUnit(limit)))
      return failure();
    skipSpace();
    if (!rest.empty())
      return error("expected the end of the line, found '") << rest << "'";
    return Directive{kind, *subject, *relation, limit, expected.str(), keywordLocation, subjectLocation};
  }

private:
  Location here() const { return FileLineColLoc::get(&context, file, number, text.size() - rest.size() + 1); }
  InFlightDiagnostic error(const char *message) { return emitError(here()) << keywordOf(kind) << ": " << message; }
  void skipSpace() { rest = rest.ltrim(" \t\r"); }
  StringRef takeWord() {
    return rest.take_while([](char c) { return llvm::isAlnum(c) || c == '_' || c == '.' || c == '$' || c == '-'; });
  }

  FailureOr<std::string> readSubject() {
    skipSpace();
    subjectLocation = here();
    if (kind != Directive::Memory && !rest.consume_front("@"))
      return error("expected an entry, as @forward, found '") << rest << "'";
    StringRef word = takeWord();
    if (word.empty())
      return error(kind == Directive::Memory ? "expected a class of memory, as peak, found '"
                                             : "expected the name of an entry, found '")
             << rest << "'";
    rest = rest.drop_front(word.size());
    return word.str();
  }

  FailureOr<Relation> readRelation() {
    for (auto [sign, relation] : relations)
      if (rest.consume_front(sign))
        return relation;
    return error("expected <=, >=, ==, < or >, found '") << rest << "'";
  }

  // Digits, perhaps a point and more digits; at most 18, so that everything stays exact.
  LogicalResult readNumber(Limit &limit) {
    skipSpace();
    StringRef digits = rest.take_while([](char c) { return llvm::isDigit(c) || c == '.'; });
    auto [whole, fraction] = digits.split('.');
    if (whole.empty() || whole.size() + fraction.size() > 18 || fraction.contains('.') || digits.ends_with("."))
      return error("expected a number of at most 18 digits, as 412 or 1.5, found '") << rest << "'";
    for (char digit : whole)
      limit.numerator = limit.numerator * 10 + (digit - '0');
    for (char digit : fraction) {
      limit.numerator = limit.numerator * 10 + (digit - '0');
      limit.denominator *= 10;
    }
    rest = rest.drop_front(digits.size());
    return success();
  }

  LogicalResult readUnit(Limit &limit) {
    skipSpace();
    StringRef word = takeWord();
    if (word.empty())
      return success(); // bytes, operations
    ArrayRef<Unit> units = kind == Directive::Flops ? ArrayRef<Unit>(flopUnits) : ArrayRef<Unit>(byteUnits);
    const Unit *unit = llvm::find_if(units, [&](const Unit &each) { return each.name == word; });
    if (unit == units.end()) {
      InFlightDiagnostic message = error("unknown unit '") << word << "', expected ";
      llvm::interleaveComma(units, message, [&](const Unit &each) { message << each.name; });
      return message;
    }
    limit.numerator *= unit->factor;
    rest = rest.drop_front(word.size());
    return success();
  }

  StringRef file;
  unsigned number;
  StringRef text, rest;
  MLIRContext &context;
  Directive::Kind kind = Directive::Memory;
  Location keywordLocation = UnknownLoc::get(&context), subjectLocation = UnknownLoc::get(&context);
};

} // namespace

FailureOr<std::vector<Directive>> tern::readDirectives(StringRef file, StringRef text, MLIRContext &context) {
  std::vector<Directive> directives;
  bool isGood = true;
  unsigned number = 0;
  for (StringRef content : llvm::split(text, '\n')) {
    Line line(file, ++number, content, context);
    if (!line.start())
      continue;
    FailureOr<Directive> directive = line.read();
    isGood &= succeeded(directive);
    if (succeeded(directive))
      directives.push_back(std::move(*directive));
  }
  if (!isGood)
    return failure();
  return directives;
}
