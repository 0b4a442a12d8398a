// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Replays a record and prints where the lines that come from one op change.

#include "compiler/tools/Explain.h"

#include "compiler/tools/PageData.h"
#include "compiler/tools/Recorder.h"
#include "compiler/tools/StableNames.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <set>

using namespace llvm;
using namespace tern;

//===-- places ----------------------------------------------------------------------------------------------------===//

// Takes a number off the end of "...:12", or of "12".
static unsigned takeNumber(StringRef &text) {
  size_t colon = text.rfind(':');
  unsigned number = 0;
  if (text.substr(colon == StringRef::npos ? 0 : colon + 1).getAsInteger(10, number))
    return 0;
  text = text.take_front(colon == StringRef::npos ? 0 : colon);
  return number;
}

Expected<Place> tern::parsePlace(StringRef text) {
  StringRef rest = text;
  Place place;
  place.line = takeNumber(rest);
  if (unsigned before = takeNumber(rest)) {
    place.column = place.line;
    place.line = before;
  }
  place.file = rest.str();
  if (place.line == 0)
    return createStringError("--explain=" + text + ": expected LINE, LINE:COLUMN or FILE:LINE:COLUMN, counted from 1");
  return place;
}

static std::string describe(const ModelOp &op) {
  return formatv("{0}:{1} {2}{3}{4}", op.line, op.column, op.name, op.symbol.empty() ? "" : " ", op.symbol);
}

// The op that a reader means who points into a line: the last that begins there or before, else the first of the line.
static std::vector<unsigned> opsAt(const Origins &origins, const Place &place) {
  std::vector<unsigned> found;
  for (auto [index, op] : enumerate(origins.ops()))
    if (op.line == place.line)
      found.push_back(index);
  if (place.column == 0 || found.size() < 2)
    return found;
  unsigned chosen = found.front();
  for (unsigned index : found)
    if (origins.ops()[index].column <= place.column)
      chosen = index;
  return {chosen};
}

static Error nothingThere(const Origins &origins, const Place &place) {
  std::vector<const ModelOp *> near;
  for (const ModelOp &op : origins.ops())
    near.push_back(&op);
  auto distance = [&](const ModelOp *op) { return std::abs(int64_t(op->line) - int64_t(place.line)); };
  stable_sort(near, [&](const ModelOp *a, const ModelOp *b) { return distance(a) < distance(b); });
  if (near.empty())
    return createStringError("--explain: the model has no ops");
  near.resize(std::min<size_t>(near.size(), 3));
  stable_sort(near, [](const ModelOp *a, const ModelOp *b) { return a->line < b->line; });
  std::string text = formatv("--explain: no op begins in line {0} of {1}; the nearest are", place.line, origins.file());
  for (const ModelOp *op : near)
    text += "\n  " + describe(*op);
  return createStringError(text);
}

//===-- lives -----------------------------------------------------------------------------------------------------===//

// The op that a line prints: `linalg.generic`, or empty for a brace or a block.
static StringRef opOf(StringRef line) {
  line = line.trim();
  if (line.starts_with("%"))
    line = line.split(" = ").second;
  line.consume_front("\"");
  StringRef word = line.take_while([](char c) { return isAlnum(c) || c == '_' || c == '.'; });
  bool isOp = word.contains('.') || word == "return" || word == "call";
  return isOp && !isDigit(word[0]) ? word : "";
}

// Constants and ends of blocks do nothing.
static bool counts(StringRef op) { return !op.empty() && !op.ends_with("constant") && !op.ends_with("yield"); }

namespace {

// What one op of the model is in one function at one time.
struct Shape {
  std::vector<StringRef> lines;
  std::string key; // the lines without names of values: the op is the same when what it reads is called otherwise
  std::set<StringRef> dialects;

  bool isMany() const { return lines.size() > 4; }
  // Whether a reader should see this after that. Of many ops, when other kinds come or their number changes by a
  // quarter.
  bool isNewsAfter(const Shape &seen) const {
    if (!isMany() || !seen.isMany())
      return key != seen.key;
    size_t a = lines.size(), b = seen.lines.size();
    return dialects != seen.dialects || std::max(a, b) - std::min(a, b) > b / 4;
  }
};

class Life {
public:
  Life(const Record &record, std::vector<unsigned> ops, raw_ostream &out)
      : record(record), ops(std::move(ops)), out(out) {}

  void print() {
    Program program;
    for (const Step &step : record.steps) {
      if (stage != step.stage)
        endFloor();
      stage = step.stage;
      std::vector<std::string> sections;
      for (const Change &change : step.changes) {
        apply(change, program);
        Shape shape = shapeOf(program, change.section);
        if (!step.pass.empty() && shape.isNewsAfter(seen[change.section]))
          sections.push_back(change.section);
        now[change.section] = std::move(shape);
      }
      StringRef pass = step.pass;
      pass.consume_front("tern-");
      show(pass, sections);
      if (step.pass.empty())
        seen = now; // the reader has just seen the line
    }
    endFloor();
  }

private:
  static constexpr size_t width = 124; // of a line

  Shape shapeOf(const Program &program, const std::string &section) const {
    Shape shape;
    auto place = program.find(section);
    if (place == program.end())
      return shape;
    for (unsigned line : place->second) {
      StringRef op = opOf(record.textOf(line));
      if (!counts(op) || none_of(record.originsOf(line), [&](unsigned origin) { return is_contained(ops, origin); }))
        continue;
      shape.lines.push_back(record.textOf(line).trim());
      shape.key += withoutNames(shape.lines.back()) + "\n";
      shape.dialects.insert(op.split('.').first);
    }
    return shape;
  }

  // What changed since the reader saw it, too little for a line of its own.
  void endFloor() {
    std::vector<std::string> sections;
    for (auto &[section, shape] : now)
      if (shape.lines.size() != seen[section].lines.size())
        sections.push_back(section);
    show("at the end", sections);
  }

  // Functions in which the op has become the same share their lines.
  void show(StringRef pass, ArrayRef<std::string> sections) {
    std::vector<std::string> keys;
    std::map<std::string, std::vector<std::string>> where;
    for (const std::string &section : sections) {
      const Shape &shape = seen[section] = now[section];
      if (!where.count(shape.key))
        keys.push_back(shape.key);
      where[shape.key].push_back(section);
    }
    for (auto [index, key] : enumerate(keys)) {
      if (floorShown != stage)
        out << "\n" << nameOf(stage) << " floor\n";
      floorShown = stage;
      std::string places;
      for (const std::string &section : where[key])
        places += (places.empty() ? "" : " ") + (section.empty() ? std::string("module") : "@" + section);
      showShape(index ? "" : pass, places, now[where[key].front()]);
    }
  }

  void showShape(StringRef pass, StringRef places, const Shape &shape) {
    if (shape.lines.empty() || shape.isMany()) {
      out << formatv("  {0,-27} {1,-15} {2}\n", pass, places,
                     shape.isMany() ? countsOf(shape) : "nothing is left of it");
      return;
    }
    out << formatv("  {0,-27} {1}\n", pass, places);
    for (StringRef line : shape.lines)
      out << "        " << (line.size() > width - 8 ? line.take_front(width - 12).str() + " ..." : line.str()) << "\n";
  }

  std::string countsOf(const Shape &shape) const {
    std::map<StringRef, unsigned> kinds;
    for (StringRef line : shape.lines)
      ++kinds[opOf(line)];
    std::vector<std::pair<StringRef, unsigned>> sorted(kinds.begin(), kinds.end());
    stable_sort(sorted, [](auto &a, auto &b) { return a.second > b.second; });
    bool isLast = shape.dialects == std::set<StringRef>{"llvm"};
    std::string text = formatv("{0} {1}: ", shape.lines.size(), isLast ? "instructions" : "ops");
    for (auto [index, entry] : enumerate(ArrayRef(sorted).take_front(3)))
      text += formatv("{0}{1} x{2}", index ? ", " : "", entry.first, entry.second);
    size_t more = sorted.size() - std::min<size_t>(sorted.size(), 3);
    return more ? formatv("{0}, {1} other kind{2}", text, more, more == 1 ? "" : "s").str() : text;
  }

  const Record &record;
  std::vector<unsigned> ops;
  raw_ostream &out;
  Stage stage = Stage::Model;
  std::optional<Stage> floorShown;
  std::map<std::string, Shape> now, seen; // per function: as it is, and as the reader knows it
};

} // namespace

//===-- cost and memory -------------------------------------------------------------------------------------------===//

static bool comesFrom(const json::Object &row, ArrayRef<unsigned> ops) {
  const json::Array *from = row.getArray("from");
  return from && any_of(*from, [&](const json::Value &op) { return is_contained(ops, unsigned(*op.getAsInteger())); });
}

static void printCost(const json::Value &cost, ArrayRef<unsigned> ops, raw_ostream &out) {
  out << "\ncost of one call, from shapes at the end of the model floor\n";
  bool isEmpty = true;
  for (const json::Value &entry : *cost.getAsArray()) {
    int64_t flops = 0, bytes = 0, count = 0;
    for (const json::Value &row : *entry.getAsObject()->getArray("ops"))
      if (const json::Object &op = *row.getAsObject(); comesFrom(op, ops)) {
        flops += *op.getInteger("flops");
        bytes += *op.getInteger("bytes");
        ++count;
      }
    isEmpty &= count == 0;
    if (count)
      out << formatv("  @{0,-12} {1,3} {2,-4} {3,16:n} FLOPs {4,16:n} bytes\n",
                     *entry.getAsObject()->getString("entry"), count, count == 1 ? "op" : "ops", flops, bytes);
  }
  if (isEmpty)
    out << "  nothing\n";
}

static void printBuffer(StringRef entry, const json::Object &buffer, StringRef what, raw_ostream &out) {
  out << formatv("  {0,-12} {1,-12} {2,14:n} bytes at {3,14:n}  {4}\n", entry, *buffer.getString("class"),
                 *buffer.getInteger("bytes"), *buffer.getInteger("offset"), what);
}

// The temporaries of one entry: the largest by themselves, the others together.
static void printTemporaries(StringRef entry, std::vector<const json::Object *> buffers, raw_ostream &out) {
  constexpr size_t most = 4;
  stable_sort(buffers, [](auto *a, auto *b) { return *a->getInteger("bytes") > *b->getInteger("bytes"); });
  int64_t rest = 0, scratch = 0, count = 0;
  size_t shown = 0;
  for (const json::Object *buffer : buffers) {
    int64_t bytes = *buffer->getInteger("bytes");
    if (*buffer->getString("class") == "scratch")
      scratch += bytes;
    else if (shown++ < most)
      printBuffer(entry, *buffer, *buffer->getString("type"), out);
    else
      rest += bytes, ++count;
  }
  if (count)
    out << formatv("  {0,-12} {1,-12} {2,14:n} bytes in {3} smaller ones\n", entry, "others", rest, count);
  if (scratch)
    out << formatv("  {0,-12} {1,-12} {2,14:n} bytes of each thread\n", entry, "scratch", scratch);
}

static void printMemory(const json::Value &memory, ArrayRef<unsigned> ops, raw_ostream &out) {
  out << "\nmemory that comes from it, at offsets of the arena\n";
  std::set<std::string> variables; // have one place for all entries
  bool isEmpty = true;
  for (const json::Value &value : *memory.getAsObject()->getArray("entries")) {
    const json::Object &entry = *value.getAsObject();
    std::vector<const json::Object *> temporaries;
    for (const json::Value &row : *entry.getArray("buffers")) {
      const json::Object &buffer = *row.getAsObject();
      StringRef name = *buffer.getString("name");
      if (!comesFrom(buffer, ops))
        continue;
      isEmpty = false;
      if (name.empty())
        temporaries.push_back(&buffer);
      else if (variables.insert(name.str()).second)
        printBuffer("every entry", buffer, name.split(":memref").first, out);
    }
    printTemporaries("@" + entry.getString("entry")->str(), temporaries, out);
  }
  if (isEmpty)
    out << "  none: its values are computed where others lie\n";
}

static void printRemarks(const json::Value &remarks, ArrayRef<unsigned> ops, raw_ostream &out) {
  out << "\nwhat passes said of it\n";
  std::set<std::string> said; // of an op that was fused, alone and together with others
  for (const json::Value &value : *remarks.getAsArray()) {
    const json::Object &remark = *value.getAsObject();
    if (!comesFrom(remark, ops))
      continue;
    std::string line = formatv("  {0,-20} {1}: {2}\n", *remark.getString("pass"), *remark.getString("name"),
                               *remark.getString("text"));
    if (said.insert(line).second)
      out << line;
  }
  if (said.empty())
    out << "  nothing\n";
}

Error tern::explain(Compilation &compilation, PipelineOptions options, const Place &place, Stage last,
                    raw_ostream &out) {
  options.recordBuffers = true;
  Recorder recorder(compilation);
  const Origins &origins = recorder.origins();
  if (!place.file.empty() && !origins.file().ends_with(place.file))
    return createStringError("--explain: '" + place.file + "' is not the model file '" + origins.file() + "'");
  std::vector<unsigned> ops = opsAt(origins, place);
  if (ops.empty())
    return nothingThere(origins, place);

  json::Value cost = nullptr, memory = nullptr;
  for (Stage stage : allStages) {
    if (stage > last)
      break;
    if (mlir::failed(compilation.lower(stage, options)))
      return createStringError("stopped on the " + nameOf(stage) + " floor");
    if (stage == Stage::Model)
      cost = costData(compilation.module(), origins);
    if (stage == Stage::Buffer)
      memory = memoryData(compilation.module(), origins);
  }
  for (unsigned index : ops) {
    const ModelOp &op = origins.ops()[index];
    out << origins.file() << ":" << describe(op);
    if (!op.function.empty())
      out << " in @" << op.function;
    out << "\n";
  }
  out << "    " << StringRef(origins.lines()[place.line - 1]).trim() << "\n";
  Life(recorder.record(), ops, out).print();
  printRemarks(remarkData(keptRemarks(), origins), ops, out);
  printCost(cost, ops, out);
  if (last >= Stage::Buffer)
    printMemory(memory, ops, out);
  return Error::success();
}
