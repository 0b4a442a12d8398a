// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the page shows, as JSON: what ops cost, the memory plan, what passes did. Formats are at the functions.

#ifndef TERN_COMPILER_TOOLS_PAGEDATA_H
#define TERN_COMPILER_TOOLS_PAGEDATA_H

#include "compiler/tools/Observation.h"
#include "compiler/tools/Recorder.h"

#include "llvm/Support/JSON.h"

namespace tern {

/// Of a module at the end of the model floor, per entry: {"entry", "ops": [{"name", "from", "type", "flops", "bytes",
/// "repeats"}]}. FLOPs and bytes are those of all repeats. Ops that do nothing are left out.
llvm::json::Value costData(mlir::ModuleOp module, const Origins &origins);

/// Of a module at the end of the buffer floor: {"classes": {...}, "entries": [{"entry", "transient", "buffers": [...],
/// "positions": [...]}]}. Takes the attributes off that it was read from.
llvm::json::Value memoryData(mlir::ModuleOp module, const Origins &origins);

/// What passes said about ops, each once: {"kind", "pass", "name", "text", "from"}.
llvm::json::Value remarkData(llvm::ArrayRef<KeptRemark> remarks, const Origins &origins);

/// {"file", "lines": [...], "ops": [{"line", "column", "name", "symbol", "function", "parent"}]}
llvm::json::Value sourceData(const Origins &origins);

/// Per step {"stage", "pass", "seconds", "sections", "from"}: the functions that it changed, and the ops of the model
/// that the changed lines come from.
llvm::json::Value stepData(const Record &record);

/// The edits of one floor: {"texts", "text", "origin", "origins", "steps"}, where tables continue those of the floors
/// above. A step is a list of [section, erased, [at, removed, runs, first, count, ...]...].
class FloorWriter {
public:
  explicit FloorWriter(const Record &record) : record(record) {}
  llvm::json::Value next(Stage stage);

private:
  const Record &record;
  size_t texts = 0, lines = 0, origins = 0;
};

} // namespace tern

#endif // TERN_COMPILER_TOOLS_PAGEDATA_H
