// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Position family: position_embedding.

#include "dialects/tern/GradBuilder.h"
#include "dialects/tern/Shapes.h"
#include "dialects/tern/Tern.h"

using namespace mlir;

namespace tern {

//===-- position_embedding -------------------------------------------------------------------------------------------===//

LogicalResult PositionEmbeddingOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                                    SmallVectorImpl<Type> &types) {
  ArrayRef<int64_t> x = shapeOf(adaptor.getInput().getType()), table = shapeOf(adaptor.getTable().getType());
  if (x.size() != 3 || table.size() != 2)
    return emitOptionalError(loc, "position_embedding takes (B, T, C) and a table (P, C), found ranks ", x.size(), " and ",
                             table.size());
  if (failed(expectExtent(loc, "position_embedding, channels of the table", x[2], table[1])))
    return failure();
  bool known = !ShapedType::isDynamic(x[1]) && !ShapedType::isDynamic(table[0]);
  if (known && x[1] > table[0])
    return emitOptionalError(loc, "position_embedding: a sequence of ", x[1], " tokens exceeds the ", table[0],
                             " positions of the table");
  types.push_back(adaptor.getInput().getType());
  return success();
}

// y[b, t] = x[b, t] + table[t]      dx = dy      d_table[t] = sum_b dy[b, t], zero beyond T
void PositionEmbeddingOp::buildGradient(GradBuilder &g) {
  g.accumulate(0u, g.cotangent());
  if (!g.wants(1))
    return;
  ArrayRef<int64_t> table = shapeOf(getTable().getType());
  int64_t length = shapeOf(getInput().getType())[1];
  Value rows = g.sum(g.cotangent(), {0}, /*keepDims=*/false); // (T, C)
  if (length == table[0])
    return g.accumulate(1u, rows);
  Value zeros = g.zerosLike(getTable());
  Value rest = SliceOp::create(g.getBuilder(), g.getLoc(), zeros, ArrayRef<int64_t>{length, 0},
                               ArrayRef<int64_t>{table[0] - length, table[1]}, /*strides=*/nullptr);
  g.accumulate(1u, ConcatOp::create(g.getBuilder(), g.getLoc(), ValueRange{rows, rest}, /*dim=*/0));
}

} // namespace tern
