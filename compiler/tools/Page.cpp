// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compiles while a recorder watches, then fills the frame.

#include "compiler/tools/Page.h"

#include "compiler/tools/ModelGraph.h"
#include "compiler/tools/PageData.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Base64.h"
#include "llvm/Support/Compression.h"
#include "llvm/Support/SHA256.h"

using namespace mlir;
using namespace tern;

namespace json = llvm::json;

static std::string textOf(const json::Value &value) {
  std::string text;
  llvm::raw_string_ostream(text) << value;
  return text;
}

// Inside of a script element, "</" and "<!--" would end it or hide its end.
static std::string embeddable(std::string text) {
  std::string safe;
  for (char c : text)
    safe += c == '<' ? "\\u003c" : std::string(1, c);
  return safe;
}

static std::string compressed(const json::Value &value) {
  std::string text = textOf(value);
  SmallVector<uint8_t> packed;
  llvm::compression::zlib::compress(llvm::arrayRefFromStringRef(text), packed,
                                    llvm::compression::zlib::BestSizeCompression);
  return llvm::encodeBase64(packed);
}

// The security policy names the hash of the only script and the only style that may act.
static std::string hashOf(StringRef text) {
  auto digest = llvm::SHA256::hash(llvm::arrayRefFromStringRef(text));
  return "'sha256-" + llvm::encodeBase64(digest) + "'";
}

static json::Object optionData(const PipelineOptions &options, StringRef isa) {
  json::Object result{{"objective", options.objective},
                      {"batch", options.batch},
                      {"seq", options.seq},
                      {"precision", options.precision},
                      {"optimizer", options.optimizer},
                      {"remat", options.remat},
                      {"level", options.optimizationLevel},
                      {"isa", isa}};
  json::Object defines;
  for (const auto &[name, value] : options.defines)
    defines[name] = value;
  result["defines"] = std::move(defines);
  return result;
}

static std::string escaped(StringRef text) {
  std::string result;
  llvm::raw_string_ostream stream(result);
  llvm::printHTMLEscaped(text, stream);
  return result;
}

// Replaces {{name}} in the frame.
static void fill(StringRef frame, const llvm::StringMap<std::string> &values, llvm::raw_ostream &out) {
  while (true) {
    auto [before, rest] = frame.split("{{");
    out << before;
    if (rest.empty())
      return;
    auto [name, after] = rest.split("}}");
    out << values.lookup(name);
    frame = after;
  }
}

llvm::Error tern::writePage(Compilation &compilation, PipelineOptions options, StringRef isa, llvm::raw_ostream &out) {
  if (!llvm::compression::zlib::isAvailable())
    return llvm::createStringError("--emit=html needs an LLVM that was built with zlib");
  options.recordBuffers = true;
  std::string name = compilation.module().getName().value_or("model").str();
  Recorder recorder(compilation);
  ModelGraph graph(compilation.module(), recorder.origins());
  recorder.after = [&](StringRef pass, ModuleOp module) {
    if (pass == "tern-specialize-shapes")
      graph.specialize(module);
  };
  json::Value cost = nullptr, memory = nullptr;
  for (Stage stage : allStages) {
    if (failed(compilation.lower(stage, options)))
      return llvm::createStringError("stopped on the " + nameOf(stage) + " floor");
    if (stage == Stage::Model)
      cost = costData(compilation.module(), recorder.origins());
    if (stage == Stage::Buffer)
      memory = memoryData(compilation.module(), recorder.origins());
  }

  json::Object overview{{"name", name},
                        {"options", optionData(options, isa)},
                        {"source", sourceData(recorder.origins())},
                        {"graph", graph.json()},
                        {"steps", stepData(recorder.record())},
                        {"cost", std::move(cost)},
                        {"memory", std::move(memory)},
                        {"remarks", remarkData(keptRemarks(), recorder.origins())}};
  llvm::StringMap<std::string> values;
  FloorWriter floors(recorder.record());
  for (Stage stage : allStages)
    values[nameOf(stage)] = compressed(floors.next(stage));
  PageFiles files = pageFiles();
  values["title"] = escaped(name);
  values["style"] = files.style.str();
  values["script"] = files.script.str();
  values["style-hash"] = hashOf(files.style);
  values["script-hash"] = hashOf(files.script);
  values["overview"] = embeddable(textOf(std::move(overview)));
  fill(files.frame, values, out);
  return llvm::Error::success();
}
