// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Plans of streams. A task is worth what it costs to start, and there are enough of them for 16 threads where the matrix
// is large enough for that.

#include "compiler/cpu/StreamPlan.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <bit>

using namespace tern::cpu;
using llvm::alignTo;
using llvm::divideCeil;

// Sixteen threads share a matrix that is large enough; each task reads 32 KiB at least.
static int64_t taskCount(int64_t bytes, int64_t most) { return std::clamp<int64_t>(bytes / (32 << 10), 1, most); }

// A line is asked for some 6 KiB before it is used: less is too late, more leaves the first-level cache.
static int64_t rowsAhead(int64_t rowBytes) { return std::clamp<int64_t>((6 << 10) / std::max<int64_t>(rowBytes, 1), 1, 16); }

// Long pieces of rows stream faster than short ones, so rows are cut only where they are longer than 16 KiB; K is cut
// instead, as long as writing and reading the parts stays a tenth of the work.
RowStreamPlan tern::cpu::planRowStream(const StreamShape &shape, const Machine &machine, unsigned weightBits) {
  RowStreamPlan plan;
  // Many rows of A would load and store their sums more often than a line arrives, and short rows of B end too often.
  bool isNarrow = shape.n * weightBits / 8 <= (2 << 10);
  plan.rows = shape.m >= 4 ? 2 : isNarrow ? 4 : 1;
  int64_t wanted = std::bit_floor<uint64_t>(taskCount(shape.k * shape.n * weightBits / 8, 16)); // both cuts divide it
  int64_t mostParts = std::max<int64_t>(shape.k * weightBits / (shape.m * 640), 1);
  int64_t pieces = std::clamp<int64_t>(shape.n * weightBits / 8 / (16 << 10), 1, wanted);
  plan.depthTasks = std::bit_floor<uint64_t>(std::min(wanted / pieces, mostParts));
  plan.columnTasks = wanted / plan.depthTasks;
  plan.depth = alignTo(divideCeil(shape.k, plan.depthTasks), plan.rows);
  plan.depthTasks = divideCeil(shape.k, plan.depth);
  plan.columns = alignTo(divideCeil(shape.n, plan.columnTasks), 64 * 8 / weightBits);
  plan.columnTasks = divideCeil(shape.n, plan.columns);
  plan.rowsAhead = rowsAhead(plan.columns * weightBits / 8);
  plan.finishColumns = alignTo(divideCeil(shape.n, 16), 64);
  plan.finishTasks = divideCeil(shape.n, plan.finishColumns);
  return plan;
}

DotStreamPlan tern::cpu::planDotStream(const StreamShape &shape, const Machine &machine, unsigned weightBits) {
  DotStreamPlan plan;
  plan.rows = shape.m < 4 ? 1 : 2; // each loaded vector of A serves two rows of B where there are many
  int64_t lanes = machine.lanes(std::max(weightBits, 32u));
  int64_t groups = divideCeil(shape.n, lanes);
  plan.groups = divideCeil(groups, taskCount(shape.k * shape.n * weightBits / 8, 48));
  plan.tasks = divideCeil(groups, plan.groups);
  plan.rowsAhead = rowsAhead(shape.k * weightBits / 8);
  return plan;
}

BlockStreamPlan tern::cpu::planBlockStream(const StreamShape &shape, const Machine &machine, int64_t blockBytes) {
  BlockStreamPlan plan;
  int64_t groups = divideCeil(shape.n, 16), bytes = shape.k / 32 * 16 * blockBytes;
  plan.groups = divideCeil(groups, taskCount(groups * bytes, 48));
  plan.tasks = divideCeil(groups, plan.groups);
  plan.rows = std::min<int64_t>(shape.m, machine.vectorBits >= 512 ? mostStreamedRows : machine.vectorBits >= 256 ? 2 : 1);
  plan.blocksAhead = divideCeil(6 << 10, 16 * blockBytes);
  return plan;
}

// A tile keeps sums of integers and of floats: 24 of 32 registers, or 8 of 16. Panels, rows and sums share the first-level
// cache; a panel takes half of it.
BlockTilePlan tern::cpu::planBlockTiles(const StreamShape &shape, const Machine &machine, int64_t blockBytes) {
  BlockTilePlan plan;
  int64_t most = machine.vectorBits >= 512 ? 6 : machine.vectorBits >= 256 ? 2 : 1;
  plan.rows = divideCeil(shape.m, divideCeil(shape.m, most));
  plan.groups = machine.vectorBits >= 512 ? 2 : 1;
  int64_t tiles = shape.m / plan.rows, blocks = shape.k / 32, groups = divideCeil(shape.n, 16), panels = divideCeil(groups, plan.groups);
  plan.tilesAtOnce = std::min<int64_t>(tiles, 96 / plan.rows);
  plan.blocksAtOnce = std::clamp<int64_t>(machine.l1Bytes / 2 / (plan.groups * 16 * blockBytes), 1, blocks);
  plan.taskPanels = divideCeil(panels, 48);
  plan.tasks = divideCeil(panels, plan.taskPanels);
  plan.linesAhead = divideCeil(16 * blockBytes, 64 * plan.tilesAtOnce);
  return plan;
}
