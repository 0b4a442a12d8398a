// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rows and tables; nothing is decided here.

#include "compiler/tools/PageData.h"

#include "compiler/support/Cost.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <set>

using namespace mlir;
using namespace tern;

namespace json = llvm::json;

static std::string textOf(Type type) {
  std::string text;
  llvm::raw_string_ostream(text) << type;
  return text;
}

//===-- cost ------------------------------------------------------------------------------------------------------===//

json::Value tern::costData(ModuleOp module, const Origins &origins) {
  json::Array entries;
  for (auto function : module.getOps<func::FuncOp>()) {
    json::Array ops;
    function.walk([&](Operation *op) {
      uint64_t repeats = repeatsOf(op), flops = flopsOf(op) * repeats, bytes = trafficOf(op) * repeats;
      if (op == function || (flops == 0 && bytes == 0))
        return;
      ops.push_back(json::Object{{"name", op->getName().getStringRef()},
                                 {"from", json::Array(origins.of(op))},
                                 {"type", op->getNumResults() ? textOf(op->getResult(0).getType()) : ""},
                                 {"flops", int64_t(flops)},
                                 {"bytes", int64_t(bytes)},
                                 {"repeats", int64_t(repeats)}});
    });
    if (!ops.empty())
      entries.push_back(json::Object{{"entry", function.getSymName()}, {"ops", std::move(ops)}});
  }
  return entries;
}

//===-- memory ----------------------------------------------------------------------------------------------------===//

// Rows of dictionaries become rows of objects; a location becomes the ops that it names.
static json::Array rowsOf(ArrayAttr rows, const Origins &origins) {
  json::Array result;
  for (auto row : rows.getAsRange<DictionaryAttr>()) {
    json::Object object;
    for (NamedAttribute field : row) {
      json::Value &value = object[field.getName().getValue()];
      if (auto text = dyn_cast<StringAttr>(field.getValue()))
        value = text.getValue();
      else if (auto number = dyn_cast<IntegerAttr>(field.getValue()))
        value = number.getInt();
      else if (auto type = dyn_cast<TypeAttr>(field.getValue()))
        value = textOf(type.getValue());
      else if (auto location = dyn_cast<LocationAttr>(field.getValue()))
        value = json::Array(origins.of(Location(location)));
    }
    result.push_back(std::move(object));
  }
  return result;
}

json::Value tern::memoryData(ModuleOp module, const Origins &origins) {
  json::Object classes;
  if (auto memory = module->getAttrOfType<DictionaryAttr>("tern.memory"))
    for (NamedAttribute field : memory)
      classes[field.getName().getValue()] = cast<IntegerAttr>(field.getValue()).getInt();
  json::Array entries;
  for (auto function : module.getOps<func::FuncOp>()) {
    auto buffers = function->getAttrOfType<ArrayAttr>("tern.buffers");
    auto positions = function->getAttrOfType<ArrayAttr>("tern.positions");
    auto plan = function->getAttrOfType<DictionaryAttr>("tern.plan");
    if (!buffers || !positions || !plan)
      continue;
    entries.push_back(json::Object{{"entry", function.getSymName()},
                                   {"transient", plan.getAs<IntegerAttr>("transient").getInt()},
                                   {"peak", plan.getAs<IntegerAttr>("peak").getInt()},
                                   {"scratch", plan.getAs<IntegerAttr>("scratch").getInt()},
                                   {"buffers", rowsOf(buffers, origins)},
                                   {"positions", rowsOf(positions, origins)}});
    function->removeAttr("tern.buffers");
    function->removeAttr("tern.positions");
  }
  return json::Object{{"classes", std::move(classes)}, {"entries", std::move(entries)}};
}

//===-- the record ------------------------------------------------------------------------------------------------===//

json::Value tern::remarkData(ArrayRef<KeptRemark> remarks, const Origins &origins) {
  json::Array rows;
  std::set<std::tuple<std::string, std::string, std::string, std::vector<unsigned>>>
      said; // functions hold copies of one op
  for (const KeptRemark &remark : remarks) {
    std::vector<unsigned> from = origins.of(remark.location);
    if (!said.insert({remark.pass, remark.name, remark.text, from}).second)
      continue;
    rows.push_back(json::Object{{"kind", remark.kind},
                                {"pass", remark.pass},
                                {"name", remark.name},
                                {"text", remark.text},
                                {"from", json::Array(from)}});
  }
  return rows;
}

json::Value tern::sourceData(const Origins &origins) {
  json::Array ops;
  for (const ModelOp &op : origins.ops())
    ops.push_back(json::Object{{"line", op.line},
                               {"column", op.column},
                               {"name", op.name},
                               {"symbol", op.symbol},
                               {"function", op.function},
                               {"parent", op.parent}});
  return json::Object{{"file", origins.file()}, {"lines", json::Array(origins.lines())}, {"ops", std::move(ops)}};
}

json::Value tern::stepData(const Record &record) {
  json::Array steps;
  Program program;
  for (const Step &step : record.steps) {
    json::Array sections;
    std::set<unsigned> from;
    auto touch = [&](unsigned line) { from.insert(record.originsOf(line).begin(), record.originsOf(line).end()); };
    for (const Change &change : step.changes) {
      sections.push_back(change.section);
      for (const Edit &edit : change.edits) {
        for (unsigned k = 0; k < edit.removed; ++k)
          touch(program[change.section][edit.at + k]);
        llvm::for_each(edit.inserted, touch);
      }
      apply(change, program);
    }
    steps.push_back(json::Object{{"stage", nameOf(step.stage)},
                                 {"pass", step.pass},
                                 {"seconds", step.seconds},
                                 {"sections", std::move(sections)},
                                 {"from", json::Array(from)}});
  }
  return steps;
}

static json::Array jsonOf(const Edit &edit) {
  json::Array runs{edit.at, edit.removed};
  for (size_t k = 0; k < edit.inserted.size();) {
    size_t count = 1;
    while (k + count < edit.inserted.size() && edit.inserted[k + count] == edit.inserted[k] + count)
      ++count;
    runs.push_back(edit.inserted[k]);
    runs.push_back(int64_t(count));
    k += count;
  }
  return runs;
}

json::Value FloorWriter::next(Stage stage) {
  json::Array steps;
  size_t usedLines = lines;
  for (const Step &step : record.steps) {
    if (step.stage != stage)
      continue;
    json::Array changes;
    for (const Change &change : step.changes) {
      json::Array edits;
      for (const Edit &edit : change.edits) {
        edits.push_back(jsonOf(edit));
        for (unsigned line : edit.inserted)
          usedLines = std::max<size_t>(usedLines, line + 1);
      }
      changes.push_back(json::Array{change.section, change.erased, std::move(edits)});
    }
    steps.push_back(std::move(changes));
  }
  json::Array newTexts, text, origin, newOrigins;
  for (; lines < usedLines; ++lines) {
    text.push_back(record.lines[lines].text);
    origin.push_back(record.lines[lines].origin);
    for (; texts <= record.lines[lines].text; ++texts)
      newTexts.push_back(record.texts[texts]);
    for (; origins <= record.lines[lines].origin; ++origins)
      newOrigins.push_back(json::Array(record.origins[origins]));
  }
  return json::Object{{"texts", std::move(newTexts)},
                      {"text", std::move(text)},
                      {"origin", std::move(origin)},
                      {"origins", std::move(newOrigins)},
                      {"steps", std::move(steps)}};
}
