// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Packing of panels: rows are interleaved by groups, columns are transposed in registers.

#include "compiler/cpu/Packing.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace tern::cpu;

SmallVector<Value> MatrixSource::at(Emitter &emit, Value first, Value second) const {
  SmallVector<Value> indices = before;
  indices.push_back(emit.add(row, transposed ? second : first));
  indices.push_back(emit.add(column, transposed ? first : second));
  return indices;
}

static Type elementOf(Value memref) { return memrefType(memref).getElementType(); }

static Value zeros(Emitter &emit, int64_t lanes, Type element) {
  return arith::ConstantOp::create(emit.b, emit.loc, emit.b.getZeroAttr(VectorType::get({lanes}, element)));
}

// x = hi + mid + lo: each part is what those before leave, rounded to the type of the panel; the differences are exact.
static SmallVector<Value> splitIntoParts(Emitter &emit, Value value, Type packed, int64_t count) {
  Type wide = getElementTypeOrSelf(value.getType());
  SmallVector<Value> parts = {convertFloat(emit, value, packed)};
  while (int64_t(parts.size()) < count) {
    value = arith::SubFOp::create(emit.b, emit.loc, value, convertFloat(emit, parts.back(), wide));
    parts.push_back(convertFloat(emit, value, packed));
  }
  return parts;
}

namespace {

// Where elements are read from, in which type they are packed, and as how many parts.
struct PackedElements {
  const MatrixSource &matrix;
  Type packed;
  int64_t parts;

  // `lanes` elements of the source, a vector for each part.
  SmallVector<Value> load(Emitter &emit, ValueRange at, int64_t lanes, Value mask) const {
    Value loaded = loadVector(emit, VectorType::get({lanes}, elementOf(matrix.memref)), matrix.memref, at, mask);
    if (matrix.compute)
      loaded = convertFloat(emit, loaded, matrix.compute);
    return splitIntoParts(emit, loaded, packed, parts);
  }
};

// For each part, vectors.
using PartVectors = SmallVector<SmallVector<Value>, 3>;

} // namespace

static PackedElements elementsFor(const MatrixSource &matrix, ValueRange targets) {
  return {matrix, elementOf(targets[0]), int64_t(targets.size())};
}

static void append(PartVectors &all, ArrayRef<Value> ofEachPart) {
  for (auto [vectors, one] : llvm::zip_equal(all, ofEachPart))
    vectors.push_back(one);
}

// Vectors a0 a1 .., b0 b1 .. become a0 b0 a1 b1 ...
static Value interleave(Emitter &emit, ArrayRef<Value> vectors) {
  if (vectors.size() == 1)
    return vectors[0];
  SmallVector<Value> even, odd;
  for (auto [i, vector] : llvm::enumerate(vectors))
    (i % 2 ? odd : even).push_back(vector);
  return vector::InterleaveOp::create(emit.b, emit.loc, interleave(emit, even), interleave(emit, odd));
}

static Value concatenate(Emitter &emit, ArrayRef<Value> vectors) {
  if (vectors.size() == 1)
    return vectors[0];
  Value left = concatenate(emit, vectors.take_front(vectors.size() / 2));
  Value right = concatenate(emit, vectors.drop_front(vectors.size() / 2));
  SmallVector<int64_t> all = llvm::to_vector(llvm::seq<int64_t>(0, 2 * cast<VectorType>(left.getType()).getDimSize(0)));
  return vector::ShuffleOp::create(emit.b, emit.loc, left, right, all);
}

void tern::cpu::packGroup(Emitter &emit, const MatrixSource &matrix, ValueRange panels, Value group, int64_t rows, Value n0,
                          Value limit, const RegisterTile &tile, bool masked) {
  PackedElements elements = elementsFor(matrix, panels);
  int64_t size = groupOf(elements.packed);
  for (int64_t j = 0; j < tile.columns(); j += tile.lanes) {
    Value n = emit.add(n0, j), mask = masked ? maskOf(emit, tile.lanes, emit.sub(limit, n)) : nullptr;
    PartVectors parts(panels.size());
    for (int64_t i = 0; i < rows; ++i)
      append(parts, elements.load(emit, matrix.at(emit, emit.add(emit.mul(group, size), i), n), tile.lanes, mask));
    for (auto [vectors, panel] : llvm::zip_equal(parts, panels)) {
      vectors.resize(size, zeros(emit, tile.lanes, elements.packed));
      storeVector(emit, interleave(emit, vectors), panel, {group, emit.index(j * size)});
    }
  }
}

static void copyRows(Emitter &emit, const MatrixSource &matrix, ValueRange panels, Value depth, Value n0, Value limit,
                     const RegisterTile &tile, bool masked) {
  int64_t size = groupOf(elementOf(panels[0]));
  Value whole = emit.div(depth, emit.index(size));
  emit.loop(emit.index(0), whole, 1,
            [&](Value group) { packGroup(emit, matrix, panels, group, size, n0, limit, tile, masked); });
  auto constant = getConstantIntValue(depth);
  if (size == 1 || (constant && *constant % size == 0))
    return;
  for (int64_t rest = 1; rest < size; ++rest)
    emit.when(emit.equal(emit.rem(depth, emit.index(size)), emit.index(rest)),
              [&] { packGroup(emit, matrix, panels, whole, rest, n0, limit, tile, masked); });
}

// Groups, held as words, as elements again.
static Value asElements(Emitter &emit, Value groups, Type packed) {
  int64_t size = groupOf(packed);
  if (size == 1)
    return groups;
  auto type = VectorType::get({cast<VectorType>(groups.getType()).getDimSize(0) * size}, packed);
  return vector::BitCastOp::create(emit.b, emit.loc, type, groups);
}

// A vector of groups along k of column n, for each part. With `rest`, so many k exist and zeros follow.
static SmallVector<Value> loadGroups(Emitter &emit, const PackedElements &elements, Value k, Value n, int64_t lanes, Value rest) {
  const MatrixSource &matrix = elements.matrix;
  int64_t size = groupOf(elements.packed), width = elementOf(matrix.memref) == elements.packed ? size * lanes : lanes;
  PartVectors pieces(elements.parts);
  for (int64_t done = 0; done < size * lanes; done += width) {
    Value mask = rest ? maskOf(emit, width, emit.sub(rest, emit.index(done))) : nullptr;
    append(pieces, elements.load(emit, matrix.at(emit, emit.add(k, done), n), width, mask));
  }
  return llvm::map_to_vector(pieces, [&](ArrayRef<Value> part) -> Value {
    Value all = concatenate(emit, part);
    if (size == 1)
      return all;
    return vector::BitCastOp::create(emit.b, emit.loc, VectorType::get({lanes}, emit.b.getI32Type()), all);
  });
}

// Transposes lanes x lanes blocks: `lanes` columns n by `lanes` groups of k. Columns beyond the limit repeat the last one.
static void transposeBlock(Emitter &emit, const MatrixSource &matrix, ValueRange panels, Value group, Value n0, Value limit,
                           const RegisterTile &tile, Value rest) {
  PackedElements elements = elementsFor(matrix, panels);
  int64_t size = groupOf(elements.packed);
  Value last = emit.add(limit, emit.index(-1)), k = emit.mul(group, size);
  for (int64_t j = 0; j < tile.columns(); j += tile.lanes) {
    PartVectors parts(panels.size());
    for (int64_t i = 0; i < tile.lanes; ++i)
      append(parts, loadGroups(emit, elements, k, emit.min(emit.add(n0, j + i), last), tile.lanes, rest));
    for (auto [rows, panel] : llvm::zip_equal(parts, panels))
      for (auto [i, row] : llvm::enumerate(transposeVectors(emit, rows)))
        storeVector(emit, asElements(emit, row, elements.packed), panel, {emit.add(group, int64_t(i)), emit.index(j * size)});
  }
}

static void transposeColumns(Emitter &emit, const MatrixSource &matrix, ValueRange panels, Value depth, Value n0, Value limit,
                             const RegisterTile &tile) {
  int64_t size = groupOf(elementOf(panels[0])), step = tile.lanes * size;
  Value whole = emit.mul(emit.div(depth, emit.index(step)), tile.lanes);
  emit.loop(emit.index(0), whole, tile.lanes,
            [&](Value group) { transposeBlock(emit, matrix, panels, group, n0, limit, tile, nullptr); });
  if (auto constant = getConstantIntValue(depth); constant && *constant % step == 0)
    return;
  Value done = emit.mul(whole, size);
  emit.when(emit.less(done, depth),
            [&] { transposeBlock(emit, matrix, panels, whole, n0, limit, tile, emit.sub(depth, done)); });
}

void tern::cpu::packPanel(Emitter &emit, const MatrixSource &matrix, ValueRange panels, Value depth, Value n0, Value limit,
                          const RegisterTile &tile) {
  if (matrix.transposed)
    return transposeColumns(emit, matrix, panels, depth, n0, limit, tile);
  auto copy = [&](bool masked) { copyRows(emit, matrix, panels, depth, n0, limit, tile, masked); };
  if (auto constant = getConstantIntValue(limit); constant && *constant % tile.columns() == 0)
    return copy(false);
  emit.when(emit.less(limit, emit.add(n0, tile.columns())), [&] { copy(true); }, [&] { copy(false); });
}

// `size` groups of k of `lanes` columns, transposed, for each part: vector i holds the groups of column i. With `rest`, so
// many k exist.
static PartVectors loadColumns(Emitter &emit, const PackedElements &elements, Value k, Value n, Value limit, int64_t lanes,
                               Value rest) {
  int64_t size = groupOf(elements.packed);
  auto words = VectorType::get({lanes}, emit.b.getI32Type());
  PartVectors parts(elements.parts);
  for (int64_t i = 0; i < lanes; ++i) {
    PartVectors groups(elements.parts);
    for (int64_t g = 0; g < size; ++g) {
      Value inside = emit.sub(limit, n), offset = emit.index(i * size + g);
      if (rest) // no column of a row that does not exist
        inside = arith::SelectOp::create(emit.b, emit.loc, emit.less(offset, rest), inside, emit.index(0));
      append(groups, elements.load(emit, elements.matrix.at(emit, emit.add(k, offset), n), lanes, maskOf(emit, lanes, inside)));
    }
    for (auto [rows, group] : llvm::zip_equal(parts, groups))
      rows.push_back(vector::BitCastOp::create(emit.b, emit.loc, words, interleave(emit, group)));
  }
  for (SmallVector<Value> &rows : parts)
    rows = transposeVectors(emit, rows);
  return parts;
}

void tern::cpu::packBlocks(Emitter &emit, const MatrixSource &matrix, ValueRange blocks, Value depth, Value n0, Value limit,
                           int64_t lanes) {
  PackedElements elements = elementsFor(matrix, blocks);
  int64_t rows = sizeOf(blocks[0], 1), step = sizeOf(blocks[0], 2);
  Value last = emit.add(limit, emit.index(-1));
  auto store = [&](Value column, Value target, Value block, Value row) {
    storeVector(emit, asElements(emit, column, elements.packed), target, {block, row, emit.index(0)});
  };
  auto packOne = [&](Value block, Value rest) {
    Value k = emit.mul(block, step);
    if (matrix.transposed)
      return emit.loop(rows, [&](Value row) {
        SmallVector<Value> column = loadGroups(emit, elements, k, emit.min(emit.add(n0, row), last), lanes, rest);
        for (auto [part, target] : llvm::zip_equal(column, blocks))
          store(part, target, block, row);
      });
    for (int64_t row = 0; row < rows; row += lanes) {
      PartVectors parts = loadColumns(emit, elements, k, emit.add(n0, row), limit, lanes, rest);
      for (auto [columns, target] : llvm::zip_equal(parts, blocks))
        for (auto [i, column] : llvm::enumerate(columns))
          store(column, target, block, emit.index(row + i));
    }
  };
  Value whole = emit.div(depth, emit.index(step));
  emit.loop(emit.index(0), whole, 1, [&](Value block) { packOne(block, nullptr); });
  if (auto constant = getConstantIntValue(depth); constant && *constant % step == 0)
    return;
  Value done = emit.mul(whole, step);
  emit.when(emit.less(done, depth), [&] { packOne(whole, emit.sub(depth, done)); });
}

void tern::cpu::expandPack(Emitter &emit, kernel::PackOp op, const Machine &machine) {
  kernel::PackedAttr layout = op.getLayout();
  Value out = op.getOuts()[0];
  Type packed = elementOf(out), stored = elementOf(op.getSource());
  int64_t lanes = machine.lanes(std::max(packed.getIntOrFloatBitWidth(), 32u)), groups = sizeOf(out, 1), width = sizeOf(out, 2);
  RegisterTile tile{0, layout.getColumns() / lanes, lanes};
  MatrixSource source{op.getSource(), layout.getTransposed(), emit.index(0), emit.index(0), {}, op.getCompute().value_or(stored)};
  emit.forall({sizeOf(out, 0)}, [&](ValueRange at) {
    Value panel = partAt(emit, out, at), zero = zeros(emit, lanes * layout.getGroup(), packed);
    packPanel(emit, source, panel, emit.index(op.getK()), emit.mul(at[0], tile.columns()), emit.index(op.getN()), tile);
    emit.loop(emit.index(llvm::divideCeil(op.getK(), layout.getGroup())), emit.index(groups), 1, [&](Value row) {
      for (int64_t n = 0; n < width; n += lanes * layout.getGroup())
        storeVector(emit, zero, panel, {row, emit.index(n)});
    });
  });
}
