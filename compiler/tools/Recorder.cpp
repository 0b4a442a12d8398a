// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Prints functions after passes, and keeps how the print differs from the one before.

#include "compiler/tools/Recorder.h"

#include "compiler/tools/LineDiff.h"
#include "compiler/tools/PrintedLines.h"
#include "compiler/tools/StableNames.h"

#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassInstrumentation.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/xxhash.h"

#include <chrono>
#include <set>

using namespace mlir;
using namespace tern;

void tern::apply(const Change &change, Program &program) {
  if (change.erased) {
    program.erase(change.section);
    return;
  }
  std::vector<unsigned> &lines = program[change.section];
  std::vector<unsigned> result;
  size_t done = 0;
  for (const Edit &edit : change.edits) {
    result.insert(result.end(), lines.begin() + done, lines.begin() + edit.at);
    result.insert(result.end(), edit.inserted.begin(), edit.inserted.end());
    done = edit.at + edit.removed;
  }
  result.insert(result.end(), lines.begin() + done, lines.end());
  lines = std::move(result);
}

namespace {

// A function as it was last printed, with what the next print is compared by.
struct Section {
  std::vector<unsigned> lines;
  std::vector<LineKey> keys;
  unsigned fresh = 0;
};

} // namespace

struct Recorder::State {
  State(ModuleOp module, StringRef text) : origins(module, text) {}

  Origins origins;
  Record record;
  std::function<void()> stop;
  llvm::StringMap<unsigned> texts;
  std::map<std::vector<unsigned>, unsigned> originSets;
  llvm::DenseMap<uint64_t, unsigned> lines;
  std::map<std::string, Section> sections;

  unsigned intern(StringRef text, std::vector<unsigned> origin);
  void update(const std::string &name, Print print, Step &step);
  void updateModule(ModuleOp module, Step &step);
  void updateFunction(Operation *function, Step &step);
};

//===-- keeping ---------------------------------------------------------------------------------------------------===//

unsigned Recorder::State::intern(StringRef text, std::vector<unsigned> origin) {
  auto [place, isNew] = texts.try_emplace(text, record.texts.size());
  if (isNew)
    record.texts.push_back(text.str());
  auto [set, isNewSet] = originSets.try_emplace(origin, record.origins.size());
  if (isNewSet)
    record.origins.push_back(std::move(origin));
  uint64_t key = uint64_t(place->second) << 32 | set->second;
  auto [line, isNewLine] = lines.try_emplace(key, record.lines.size());
  if (isNewLine)
    record.lines.push_back({place->second, set->second});
  return line->second;
}

// The edits that lead from one list of lines to another, given which lines continue which.
static std::vector<Edit> editsBetween(ArrayRef<unsigned> before, ArrayRef<unsigned> now, ArrayRef<int> matches) {
  std::vector<Edit> edits;
  size_t i = 0, j = 0;
  while (i < before.size() || j < now.size()) {
    if (j < now.size() && matches[j] == int(i) && before[i] == now[j]) {
      ++i, ++j;
      continue;
    }
    Edit edit{unsigned(i), 0, {}};
    while (i < before.size() || j < now.size()) {
      bool continues = j < now.size() && matches[j] >= 0;
      if (continues && size_t(matches[j]) == i) {
        if (before[i] == now[j])
          break;
        edit.inserted.push_back(now[j++]);
        ++i, ++edit.removed;
      } else if (j < now.size() && !continues) {
        edit.inserted.push_back(now[j++]);
      } else {
        ++i, ++edit.removed;
      }
    }
    edits.push_back(std::move(edit));
  }
  return edits;
}

// What two lines have in common when an op changed its types or gave way to a similar one: how many values it defines,
// and where those are named.
static uint64_t roughShape(StringRef line) {
  auto [results, rest] = line.split(" = ");
  bool defines = !rest.empty() && results.ltrim().starts_with("%");
  if (!defines)
    return line.ltrim().starts_with("%")
               ? llvm::xxh3_64bits(line.ltrim().take_until([](char c) { return c == ':'; }).take_front(4))
               : 0;
  return 1 + findNames(results).size();
}

// The lines that a change left in place: where as many lines came as went, the first took the place of the first and so
// on. Values that such lines define keep their names; the lines differ all the same.
static std::vector<int> matchRoughly(const std::vector<int> &matches, ArrayRef<StringRef> before,
                                     ArrayRef<std::string> now) {
  std::vector<int> rough = matches;
  for (size_t begin = 0; begin < matches.size();) {
    if (matches[begin] >= 0) {
      ++begin;
      continue;
    }
    size_t end = begin;
    while (end < matches.size() && matches[end] < 0)
      ++end;
    size_t from = begin ? matches[begin - 1] + 1 : 0, to = end < matches.size() ? matches[end] : before.size();
    if (to - from == end - begin)
      for (size_t k = 0; k < end - begin; ++k)
        if (uint64_t shape = roughShape(now[begin + k]); shape && shape == roughShape(before[from + k]))
          rough[begin + k] = int(from + k);
    begin = end;
  }
  return rough;
}

void Recorder::State::update(const std::string &name, Print print, Step &step) {
  Section &section = sections[name];
  Section next;
  for (auto [text, op] : llvm::zip_equal(print.lines, print.ops))
    next.keys.push_back({llvm::xxh3_64bits(StringRef(withoutNames(text))), op});
  std::vector<int> matches = matchLines(section.keys, next.keys);
  std::vector<StringRef> before;
  for (unsigned line : section.lines)
    before.push_back(record.textOf(line));
  std::vector<const std::string *> previous;
  for (int match : matchRoughly(matches, before, print.lines))
    previous.push_back(match < 0 ? nullptr : &record.texts[record.lines[section.lines[match]].text]);
  if (section.lines.empty()) {
    next.fresh = firstFreeNumber(print.lines);
  } else {
    next.fresh = section.fresh;
    keepNames(print.lines, print.defined, previous, next.fresh);
  }
  for (auto [text, owner] : llvm::zip_equal(print.lines, print.owners))
    next.lines.push_back(intern(text, owner ? origins.of(owner) : std::vector<unsigned>()));
  std::vector<Edit> edits = editsBetween(section.lines, next.lines, matches);
  if (!edits.empty())
    step.changes.push_back({name, std::move(edits)});
  section = std::move(next);
}

static std::string sectionOf(Operation *function) {
  StringRef name = SymbolTable::getSymbolName(function).getValue();
  name.consume_front("tern_entry_");
  return name.str();
}

void Recorder::State::updateFunction(Operation *function, Step &step) {
  update(sectionOf(function), printLines(function), step);
}

void Recorder::State::updateModule(ModuleOp module, Step &step) {
  update("", printBeside(module), step);
  std::set<std::string> alive = {""};
  for (Operation &op : *module.getBody()) {
    if (!isFunctionWithBody(op))
      continue;
    alive.insert(sectionOf(&op));
    updateFunction(&op, step);
  }
  for (auto section = sections.begin(); section != sections.end();) {
    bool isGone = !alive.count(section->first);
    if (isGone)
      step.changes.push_back({section->first, {}, true});
    section = isGone ? sections.erase(section) : std::next(section);
  }
}

//===-- watching --------------------------------------------------------------------------------------------------===//

/// Of one floor's manager.
class Recorder::Watch : public PassInstrumentation {
public:
  Watch(Recorder &recorder, Stage stage) : recorder(recorder), stage(stage) {}

  void runBeforePass(Pass *pass, Operation *op) override {
    if (pass->getArgument().empty())
      return; // the adaptor that takes passes to functions
    running.push_back({op, std::chrono::steady_clock::now(), OperationFingerPrint(op)});
    running.back().began = std::chrono::steady_clock::now();
  }

  void runAfterPass(Pass *pass, Operation *op) override {
    if (pass->getArgument().empty())
      return;
    std::chrono::duration<double> taken = std::chrono::steady_clock::now() - running.back().began;
    bool changed = running.back().print != OperationFingerPrint(op);
    running.pop_back();
    if (!running.empty())
      return; // a pipeline that a pass runs inside of itself is part of that pass
    Step &step = stepOf(pass);
    step.seconds += taken.count();
    State &state = *recorder.state;
    auto module = dyn_cast<ModuleOp>(op);
    if (module && changed)
      state.updateModule(module, step);
    else if (changed && isFunctionWithBody(*op))
      state.updateFunction(op, step);
    if (module)
      recorder.after(pass->getArgument(), module);
  }

  void runAfterPassFailed(Pass *pass, Operation *) override {
    if (!pass->getArgument().empty())
      running.pop_back();
  }

private:
  struct Running {
    Operation *op;
    std::chrono::steady_clock::time_point began;
    OperationFingerPrint print;
  };

  Step &stepOf(Pass *pass) {
    std::vector<Step> &steps = recorder.state->record.steps;
    auto [place, isNew] = stepIndices.try_emplace(pass, steps.size());
    if (isNew)
      steps.push_back({stage, pass->getArgument().str(), 0, {}});
    return steps[place->second];
  }

  Recorder &recorder;
  Stage stage;
  SmallVector<Running> running;
  llvm::DenseMap<Pass *, unsigned> stepIndices;
};

Recorder::Recorder(Compilation &compilation)
    : state(std::make_unique<State>(compilation.module(), compilation.source())) {
  compilation.context().disableMultithreading();
  Step &start = state->record.steps.emplace_back();
  state->updateModule(compilation.module(), start);
  auto next = compilation.prepare;
  state->stop = [&compilation, next] { compilation.prepare = next; };
  compilation.prepare = [this, next](PassManager &manager, Stage stage) {
    next(manager, stage);
    manager.addInstrumentation(std::make_unique<Watch>(*this, stage));
  };
}

Recorder::~Recorder() { state->stop(); }

const Record &Recorder::record() const { return state->record; }
const Origins &Recorder::origins() const { return state->origins; }
