// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How a product of few rows is cut into tasks: a function of shape and machine only, so that bits do not depend on threads.

#ifndef TERN_COMPILER_CPU_STREAMPLAN_H
#define TERN_COMPILER_CPU_STREAMPLAN_H

#include "compiler/cpu/Machine.h"

namespace tern::cpu {

/// Products of more rows than this are blocked, not streamed.
constexpr int64_t mostStreamedRows = 8;

struct StreamShape {
  int64_t m, n, k;
};

/// B (K, N) is cut into `depthTasks` blocks of `depth` rows by `columnTasks` blocks of `columns`. More than one block of K
/// leaves parts, which `finishTasks` tasks of `finishColumns` add in the order of K.
struct RowStreamPlan {
  int64_t depthTasks, depth, columnTasks, columns, finishTasks, finishColumns;
  int64_t rows;      // of B at a time
  int64_t rowsAhead; // are asked for before they are needed
};
RowStreamPlan planRowStream(const StreamShape &shape, const Machine &machine, unsigned weightBits);

/// B (N, K) is cut into `tasks` of `groups` vectors of columns; `rows` rows of B are read at a time.
struct DotStreamPlan {
  int64_t tasks, groups, rows, rowsAhead;
};
DotStreamPlan planDotStream(const StreamShape &shape, const Machine &machine, unsigned weightBits);

/// Interleaved blocks are cut into `tasks` of `groups` groups of 16 rows.
struct BlockStreamPlan {
  int64_t tasks, groups;
  int64_t rows;        // of A that share a loaded block
  int64_t blocksAhead; // are asked for before they are needed
};
BlockStreamPlan planBlockStream(const StreamShape &shape, const Machine &machine, int64_t blockBytes);

/// Interleaved blocks by many rows of A: `tasks` of `taskPanels` panels of `groups` groups of 16 rows of B.
struct BlockTilePlan {
  int64_t rows, groups;        // of a register tile; all tiles but the last have `rows`
  int64_t tilesAtOnce;         // share a panel while it is in the first-level cache
  int64_t blocksAtOnce;        // of k, of a panel
  int64_t taskPanels, tasks;
  int64_t linesAhead;          // of each group are asked for at every step, for the next blocks
};
BlockTilePlan planBlockTiles(const StreamShape &shape, const Machine &machine, int64_t blockBytes);

} // namespace tern::cpu

#endif // TERN_COMPILER_CPU_STREAMPLAN_H
