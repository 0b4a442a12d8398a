// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The cut of a product, by a small model of its cost: arithmetic, packing that tasks repeat, and tasks that do not divide
// evenly among threads. The cut depends on the shape and the machine, never on the number of threads.

#include "compiler/cpu/ContractPlan.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>

using namespace tern::cpu;
using llvm::divideCeil;

static int64_t bytesOf(Type element) { return element.getIntOrFloatBitWidth() / 8; }

// A panel of B and the rows of A that it meets stay in the first-level cache while the tiles of a task pass.
static void cutDepth(ContractPlan &plan, const ContractShape &shape, const Machine &machine) {
  int64_t rowBytes = (plan.tile.columns() + plan.tile.rows) * bytesOf(shape.packed) * shape.parts;
  int64_t most = std::max<int64_t>(machine.l1Bytes * 6 / 10 / rowBytes, 4 * plan.tile.lanes);
  plan.depthBlocks = std::max<int64_t>((shape.k + most / 2) / most, 1); // a little too deep beats twice too shallow
  plan.depth = llvm::alignTo(divideCeil(shape.k, plan.depthBlocks), plan.tile.lanes * groupOf(shape.packed));
  plan.depthBlocks = divideCeil(shape.k, plan.depth);
}

namespace {

// Cycles of tasks, in units that only matter relative to each other.
struct TaskCost {
  const ContractPlan &plan;
  const ContractShape &shape;

  static constexpr double packRowMajor = 0.15, packTransposed = 0.25; // cycles per 4 bytes
  static constexpr double bytesPerCycle = 4;                          // from beyond the second-level cache
  static constexpr int64_t memorySize = 16 << 20;                     // what no shared cache is sure to hold
  static constexpr double start = 2000;                               // of a task

  // So many tasks that cover `rows` and `columns` of C; each packs and streams its own.
  double cycles(double tasks, double area, double rows, double columns) const {
    double multiply = area * shape.k / multipliesPerCycle();
    double packB = shape.packsB() ? packingCost(shape.b, shape.transposeB) : 0;
    double packA = shape.packsA() ? packingCost(shape.a, !shape.transposeA) : 0;
    double ofRow = packA + visible(shape.m, shape.a) / bytesPerCycle, ofColumn = packB + visible(shape.n, shape.b) / bytesPerCycle;
    return multiply + shape.k * (rows * ofRow + columns * ofColumn) + tasks * start;
  }

  // Tile registers do 512 of bf16 and 1024 of bytes when nothing else is in their way.
  double multipliesPerCycle() const {
    int64_t products = shape.parts * (shape.parts + 1) / 2;
    return shape.onTiles ? 128.0 * groupOf(shape.packed) / products : 2 * plan.tile.lanes * groupOf(shape.packed);
  }

  // Cycles per element.
  double packingCost(Type source, bool transposes) const {
    double cycles = transposes ? packTransposed : packRowMajor;
    return cycles * shape.parts * (bytesOf(source) + bytesOf(shape.packed)) / 8;
  }

  // Bytes per element of an operand of `extent` by K that do not hide behind the arithmetic.
  double visible(int64_t extent, Type source) const {
    int64_t bytes = bytesOf(source);
    return bytes * (extent * shape.k * bytes > memorySize ? 0.5 : 0.125);
  }

  // Everything that a task returns to must fit beside what streams through.
  bool fits(int64_t tiles, int64_t panels, uint64_t l2Bytes) const {
    int64_t rows = tiles * plan.tallRows, columns = panels * plan.tile.columns();
    int64_t a = panels > 1 || shape.packsA() ? rows * plan.depth : 0;
    int64_t sums = plan.depthBlocks > 1 ? rows * columns * bytesOf(shape.sum) : 0;
    return uint64_t((a + plan.tile.columns() * plan.depth) * bytesOf(shape.packed) * shape.parts + sums) <= l2Bytes * 3 / 4;
  }
};

// Tasks of `tiles` by `panels`, row after row of the grid; threads take equal numbers of them that follow each other.
struct Grid {
  const TaskCost &cost;
  int64_t tiles, panels;

  int64_t across() const { return divideCeil(cost.plan.panels, panels); }
  int64_t tasks() const { return divideCeil(cost.plan.tiles, tiles) * across(); }

  // Cycles of the thread that has most to do.
  double slowest(int64_t threads) const {
    double most = 0;
    for (int64_t thread = 0; thread < threads; ++thread)
      most = std::max(most, cyclesBefore(tasks() * (thread + 1) / threads) - cyclesBefore(tasks() * thread / threads));
    return most;
  }

private:
  double cyclesBefore(int64_t task) const {
    int64_t row = task / across(), column = task % across();
    double rows = rowsBefore(row), height = rowsBefore(row + 1) - rows, whole = columnsBefore(across()), width = columnsBefore(column);
    return cost.cycles(task, rows * whole + height * width, rows * across() + height * column, whole * row + width);
  }

  double rowsBefore(int64_t row) const {
    int64_t tile = std::min(row * tiles, cost.plan.tiles), shorter = std::max<int64_t>(tile - cost.plan.tallTiles, 0);
    bool isWhole = cost.shape.onTiles; // tile registers take as long for a few rows
    return tile * cost.plan.tallRows - (isWhole ? 0 : shorter * (cost.plan.tallRows - cost.plan.shortRows));
  }

  double columnsBefore(int64_t column) const { return std::min(column * panels, cost.plan.panels) * cost.plan.tile.columns(); }
};

} // namespace

// The grid with the least time, summed over numbers of threads that people have.
static void cutTasks(ContractPlan &plan, const ContractShape &shape, const Machine &machine) {
  TaskCost cost{plan, shape};
  double best = std::numeric_limits<double>::infinity();
  for (int64_t tiles = 1; tiles <= std::min<int64_t>(plan.tiles, 64); ++tiles) {
    for (int64_t panels = 1; panels <= std::min<int64_t>(plan.panels, 32); ++panels) {
      if (tiles * panels > 1 && !cost.fits(tiles, panels, machine.l2Bytes))
        continue;
      Grid grid{cost, tiles, panels};
      double total = 0;
      std::pair<int64_t, double> weights[] = {{1, 1}, {2, 2}, {4, 2}, {8, 1}, {16, 0.5}};
      for (auto [threads, weight] : weights)
        total += grid.slowest(threads) * threads * weight;
      if (total >= best)
        continue;
      best = total;
      plan.taskTiles = tiles;
      plan.taskPanels = panels;
    }
  }
  plan.rowTasks = divideCeil(plan.tiles, plan.taskTiles);
  plan.columnTasks = divideCeil(plan.panels, plan.taskPanels);
}

std::string tern::cpu::describe(const ContractPlan &plan, const ContractShape &shape) {
  std::string text = llvm::formatv("{0} x {1} by {1} x {2}: register tiles of {3} x {4}, k in {5} of {6}, {7} x {8} tasks, ", shape.m,
                                   shape.k, shape.n, plan.tallRows, plan.tile.columns(),
                                   plan.depthBlocks == 1 ? "1 block" : std::to_string(plan.depthBlocks) + " blocks", plan.depth,
                                   plan.rowTasks, plan.columnTasks);
  if (shape.onTiles)
    text += shape.parts == 1 ? "on tile registers, " : llvm::formatv("on tile registers in {0} parts, ", shape.parts).str();
  if (!shape.packsB())
    return text + (shape.packsA() ? "packs the left operand and reads a packed right operand" : "reads a packed right operand");
  return text + (shape.packsA() ? "packs both operands" : "packs the right operand");
}

static void cutRows(ContractPlan &plan, const ContractShape &shape, const Machine &machine) {
  plan.tile = shape.onTiles ? tileRegisters(shape.m) : registerTile(machine, shape.sum);
  // Panels in memory are as wide as they are.
  if (shape.onTiles && !shape.packsB())
    plan.tile = tileRegistersOf(shape.packedColumns);
  plan.tiles = divideCeil(shape.m, plan.tile.rows);
  plan.tallRows = shape.onTiles ? std::min(shape.m, plan.tile.rows) : divideCeil(shape.m, plan.tiles);
  plan.shortRows = shape.onTiles ? shape.m % plan.tile.rows : plan.tallRows - 1;
  plan.tallTiles = shape.onTiles ? shape.m / plan.tallRows : shape.m - plan.tiles * (plan.tallRows - 1);
}

SplitProducts tern::cpu::splitProducts(llvm::StringRef text, const Machine &machine) {
  if (!machine.amxBf16 || text == "exact")
    return SplitProducts::none;
  return text == "split3" ? SplitProducts::three : SplitProducts::six;
}

ContractShape tern::cpu::contractShape(kernel::ContractOp op, const Machine &machine, SplitProducts split) {
  auto element = [](Value shaped) { return mlir::getElementTypeOrSelf(shaped.getType()); };
  Type compute = op.getComputeType();
  bool splits = compute.isF32() && split != SplitProducts::none;
  bool onTiles = splits || (machine.amxBf16 && compute.isBF16()) || (machine.amxInt8 && compute.isInteger(8));
  Type packed = splits ? mlir::BFloat16Type::get(op.getContext()) : onTiles ? compute : packedType(machine, compute);
  int64_t parts = !splits ? 1 : split == SplitProducts::three ? 2 : 3;
  kernel::PackedAttr layout = op.getLayoutBAttr();
  return {op.getM(), op.getN(), op.getK(), op.getTransposeA(), op.getTransposeB(), element(op.getA()), element(op.getB()),
          compute, packed, op.getSumType(), onTiles, parts, layout ? layout.getColumns() : 0};
}

std::string tern::cpu::whyNotInPlace(const ContractShape &shape, const Machine &machine) {
  if (shape.packsB())
    return "";
  if (shape.parts > 1)
    return "f32 is multiplied as a sum of parts in bf16, but B is packed whole";
  if (shape.b != shape.packed)
    return llvm::formatv("B is packed as {0}, but is multiplied as {1}", shape.b, shape.packed);
  bool fits = shape.onTiles ? shape.packedColumns == 32 || shape.packedColumns == 64
                            : shape.packedColumns == registerTile(machine, shape.sum).columns();
  return fits ? "" : llvm::formatv("B is packed in panels of {0} columns, which this machine does not read", shape.packedColumns).str();
}

PackedWeight tern::cpu::packedWeight(kernel::ContractOp op, const Machine &machine, SplitProducts split) {
  ContractShape shape = contractShape(op, machine, split);
  RegisterTile tile = shape.onTiles ? tileRegisters(shape.m) : registerTile(machine, shape.sum);
  auto layout = kernel::PackedAttr::get(op.getContext(), tile.columns(), groupOf(shape.packed), shape.transposeB);
  return {layout, shape.packed, shape.compute, shape.parts > 1};
}

ContractPlan tern::cpu::planContract(const ContractShape &shape, const Machine &machine) {
  ContractPlan plan;
  cutRows(plan, shape, machine);
  plan.panels = divideCeil(shape.n, plan.tile.columns());
  cutDepth(plan, shape, machine);
  cutTasks(plan, shape, machine);
  return plan;
}
