// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `forward`: outputs of the model for the rows of a file, whatever batch the program was compiled for.

#include "runtime/cli/Commands.h"
#include "runtime/cli/InputBatch.h"
#include "runtime/cli/Setup.h"
#include "runtime/core/Json.h"
#include "runtime/io/SafeTensors.h"

#include <algorithm>
#include <cstdio>

namespace tern::rt {

namespace {

struct Output {
  const tern_tensor *tensor;
  std::vector<uint8_t> bytes; // of all rows so far
};

} // namespace

static int64_t batchOf(const tern_entry &entry) {
  for (const tern_tensor &tensor : inputs(entry))
    if (!isRuntimeRole(tensor.name) && tensor.rank > 0)
      return tensor.shape[0];
  return 1;
}

static Status write(const std::string &path, const std::vector<Output> &results, int64_t rows) {
  SafeTensorsWriter writer;
  std::vector<std::vector<int64_t>> shapes;
  for (const Output &result : results) {
    std::span<const int64_t> shape = shapeOf(*result.tensor);
    shapes.emplace_back(shape.begin(), shape.end());
    shapes.back()[0] = rows;
    TERN_TRY(writer.add(result.tensor->name, result.tensor->dtype, shapes.back(), result.bytes));
  }
  return writer.write(path);
}

Status runForward(const tern_manifest &manifest, const ForwardOptions &options) {
  TERN_ASSIGN(auto session, Session::create(manifest, options.machine.threads));
  TERN_ASSIGN(const tern_entry *entry, session->program().entry("forward"));
  TERN_ASSIGN(InputBatch batch, InputBatch::open(options.batch));
  if (!options.steps.empty()) {
    TERN_TRY(fillParameters(*session, options.weights, 1));
    TERN_TRY(batch.setParameters(*session));
    return runForwardBySteps(*session, *entry, batch, options);
  }
  TERN_ASSIGN(int64_t rows, batch.rows(*entry));
  int64_t step = batchOf(*entry);
  std::vector<Output> results;
  for (const tern_tensor &tensor : outputs(*entry)) {
    if (tensor.rank == 0 || tensor.shape[0] != step)
      return error("output \"", tensor.name, "\" of shape ", shapeText(shapeOf(tensor)), " has no rows of the batch");
    results.push_back({&tensor, {}});
  }
  TERN_TRY(fillParameters(*session, options.weights, 1));
  TERN_TRY(batch.setParameters(*session));
  for (int64_t first = 0; first < rows; first += step) {
    TERN_TRY(batch.fillRows(*session, *entry, first));
    TERN_TRY(session->call(*entry));
    for (Output &result : results) {
      std::span<const uint8_t> bytes = session->bytes(*result.tensor);
      size_t perRow = bytes.size() / static_cast<size_t>(step);
      size_t used = perRow * static_cast<size_t>(std::min(step, rows - first));
      result.bytes.insert(result.bytes.end(), bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(used));
    }
  }
  TERN_TRY(write(options.out, results, rows));
  if (options.machine.json)
    std::printf("%s\n", JsonObject().add("rows", rows).add("out", options.out).text().c_str());
  else
    std::printf("%lld rows written to %s\n", static_cast<long long>(rows), options.out.c_str());
  return success();
}

} // namespace tern::rt
